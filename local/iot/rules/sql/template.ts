import { boundedError } from './bounded.ts';
import type { Evaluate } from './compilation.ts';
import { compileExpression, newCompilation } from './compile-expression.ts';
import type { MessageContext } from './context.ts';
import { toText } from './conversions.ts';
import { parseTemplateExpression } from './parser.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import type { SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

/** A parameter of an action, with the expressions `${…}` in it compiled. */
export interface Template {
  /** As it is written in the rule. */
  readonly source: string;
  /**
   * The text for one message, evaluated against the original payload, with the rule's variables.
   *
   * @throws SqlEvaluationError
   * @throws PendingCall while another service has not answered: render again when it has
   * @throws SqlParseError when the rule is of 2015-10-08 and the template uses what that version does not have
   */
  render(context: MessageContext): string;
}

type Part = string | Evaluate;

/**
 * Compiles a substitution template: text with any number of `${expression}`. It is read as 2016-03-23, and again as
 * 2015-10-08 when a rule of that version first renders it.
 *
 * @throws SqlParseError whose column counts from the beginning of the template.
 */
export function compileTemplate(source: string, switches: Switches = defaultSwitches): Template {
  const render = compileVersion(source, '2016-03-23', switches);
  let renderFirstVersion: Template['render'] | undefined;
  return {
    source,
    render: (context) => {
      if (context.rule?.version !== '2015-10-08') return render(context);
      renderFirstVersion ??= compileVersion(source, '2015-10-08', switches);
      return renderFirstVersion(context);
    },
  };
}

function compileVersion(source: string, version: SqlVersion, switches: Switches): Template['render'] {
  const compilation = newCompilation({ version, switches });
  const parts: Part[] = [];
  let at = 0;
  for (let open = source.indexOf('${'); open !== -1; open = source.indexOf('${', at)) {
    if (open > at) parts.push(source.slice(at, open));
    const { expression, end } = parseTemplateExpression(source, open + 2, version, switches);
    parts.push(compileExpression(expression, compilation));
    at = end;
  }
  if (parts.length === 0) return () => source;
  if (at < source.length) parts.push(source.slice(at));
  return (context) => {
    compilation.budget.begin();
    try {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : write(part(context), switches);
      return text;
    } catch (thrown) {
      throw boundedError(thrown);
    }
  };
}

function write(value: SqlValue, switches: Switches): string {
  if (value === undefined) return switches.templateUndefined === 'empty' ? '' : 'undefined';
  if (value === null) return switches.templateNull === 'empty' ? '' : 'null';
  return toText(value) ?? '';
}

import { compileExpression } from './compile-expression.ts';
import type { MessageContext } from './context.ts';
import { toText } from './conversions.ts';
import { parseTemplateExpression } from './parser.ts';
import { defaultSwitches, type Switches } from './switches.ts';

/** A parameter of an action, with the expressions `${…}` in it compiled. */
export interface Template {
  /** As it is written in the rule. */
  readonly source: string;
  /** The text for one message, evaluated against the original payload. @throws SqlEvaluationError */
  render(context: MessageContext): string;
}

/**
 * Compiles a substitution template: text with any number of `${expression}`.
 *
 * @throws SqlParseError whose column counts from the beginning of the template.
 */
export function compileTemplate(source: string, switches: Switches = defaultSwitches): Template {
  const parts: ((context: MessageContext) => string)[] = [];
  let at = 0;
  for (let open = source.indexOf('${'); open !== -1; open = source.indexOf('${', at)) {
    if (open > at) parts.push(literal(source.slice(at, open)));
    const { expression, end } = parseTemplateExpression(source, open + 2);
    const evaluate = compileExpression(expression, switches);
    parts.push((context) => writeValue(evaluate(context), switches));
    at = end;
  }
  if (parts.length === 0) return { source, render: () => source };
  if (at < source.length) parts.push(literal(source.slice(at)));
  return {
    source,
    render: (context) => {
      let text = '';
      for (const part of parts) text += part(context);
      return text;
    },
  };
}

function literal(text: string): () => string {
  return () => text;
}

function writeValue(value: Parameters<typeof toText>[0], switches: Switches): string {
  if (value === undefined) return switches.templateUndefined === 'empty' ? '' : 'undefined';
  if (value === null) return switches.templateNull === 'empty' ? '' : 'null';
  return toText(value) ?? '';
}

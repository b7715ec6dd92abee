import { invalid } from '../errors.ts';
import type { BusEvent } from '../event.ts';
import { compileJsonPath, type JsonPath } from './json-path.ts';

/** What a transformer may say of an event besides what is in it. */
export interface InputContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  /** When the event came to its bus, ISO 8601. */
  readonly ingestedAt: string;
}

export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>> | undefined;
  readonly InputTemplate: string;
}

/** Makes a target's input of an event, as JSON. */
export type RenderInput = (event: BusEvent, context: InputContext) => string;

/** Names that every template may use. */
const PREDEFINED: Readonly<Record<string, (event: BusEvent, context: InputContext) => unknown>> = {
  'aws.events.rule-arn': (_event, { ruleArn }) => ruleArn,
  'aws.events.rule-name': (_event, { ruleName }) => ruleName,
  'aws.events.event.ingestion-time': (_event, { ingestedAt }) => ingestedAt,
  'aws.events.event': ({ detail: _detail, ...rest }) => rest,
  'aws.events.event.json': (event) => event,
};

const MAX_PATHS = 100;

/** A piece of a template: text as it stands, or a name whose value is put in. */
type Piece = string | { readonly name: string; readonly isQuoted: boolean };

/**
 * Compiles an input transformer. A name alone, `{"state": <state>}`, becomes the value as JSON; within a text,
 * `"it is <state>"`, it becomes its text: of objects and lists without their quotation marks. What is not in the event is
 * `null` alone, and nothing within a text.
 *
 * @param targetId for messages.
 * @throws AwsApiError ValidationException for a path or a name that there is not, and when the template with its
 *   names filled in would not be JSON.
 */
export function compileTransformer(transformer: InputTransformer, targetId: string): RenderInput {
  const { InputPathsMap: pathsMap = {}, InputTemplate: template } = transformer;
  const paths = new Map<string, JsonPath>();
  const named = Object.entries(pathsMap);
  if (named.length > MAX_PATHS)
    throw invalid(`InputPathsMap of target ${targetId} has more than ${MAX_PATHS} paths.`);
  for (const [name, path] of named) {
    if (/^aws/i.test(name))
      throw invalid(`A name in InputPathsMap of target ${targetId} begins with AWS: ${name}.`);
    const compiled = compileJsonPath(path);
    if (compiled === undefined) {
      throw invalid(
        `Invalid InputPathsMap for target ${targetId}: "${path.slice(0, 100)}" is not a path of one value, such as $.detail.state.`,
      );
    }
    paths.set(name, compiled);
  }
  const pieces = cut(template, (name) => paths.has(name) || Object.hasOwn(PREDEFINED, name), targetId);
  requireJson(pieces, targetId);
  return (event, context) => {
    const valueOf = (name: string): unknown =>
      paths.has(name) ? paths.get(name)?.(event) : PREDEFINED[name]?.(event, context);
    return pieces
      .map((piece) => (typeof piece === 'string' ? piece : write(valueOf(piece.name), piece.isQuoted)))
      .join('');
  };
}

/** Cuts a template at its names: `<state>`. */
function cut(template: string, isKnown: (name: string) => boolean, targetId: string): Piece[] {
  const pieces: Piece[] = [];
  let isQuoted = false;
  for (const token of template.match(/\\.|"|<[\w.-]{1,256}>|[^\\"<]+|[\\<]/gs) ?? []) {
    if (token === '"') isQuoted = !isQuoted;
    const name = token.startsWith('<') && token.endsWith('>') ? token.slice(1, -1) : undefined;
    if (name === undefined) pieces.push(token);
    else if (isKnown(name)) pieces.push({ name, isQuoted });
    else {
      const known = Object.keys(PREDEFINED).join(', ');
      throw invalid(
        `Invalid InputTemplate for target ${targetId}: <${name}> is neither in InputPathsMap nor one of ${known}.`,
      );
    }
  }
  return pieces;
}

function requireJson(pieces: readonly Piece[], targetId: string): void {
  const filled = pieces
    .map((piece) => (typeof piece === 'string' ? piece : write(0, piece.isQuoted)))
    .join('');
  try {
    JSON.parse(filled);
  } catch (error) {
    throw invalid(
      `Invalid InputTemplate for target ${targetId}: with its names filled in it has to be JSON, one object or one ` +
        `text in quotation marks: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function write(value: unknown, isQuoted: boolean): string {
  if (!isQuoted) return JSON.stringify(value) ?? 'null';
  if (value === undefined) return '';
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  return JSON.stringify(value).replaceAll(/["\\]/g, '');
}

import type { Variables } from '../../shared/sigfox/variables.ts';
import type { HttpRequest } from './http-request.ts';

/** One callback out of a request, or a piece of the request that is none. */
export type Piece =
  | { readonly variables: Variables }
  /** Kept as it came, with the reason: it goes the same way and is rejected there. */
  | { readonly body: string; readonly problem: string };

/** Lines of a batch: what a device type sends within a second. */
const MAX_LINES = 1_000;

/** The variable that Sigfox posts a batch in. */
const BATCH = 'batch';

/** The variable of the URL that names the fields of a batch's lines: `?fields=device;time;data;seqNumber`. */
const FIELDS = 'fields';

/**
 * Finds the callbacks in a request. Variables may stand in the URL and in the body, which is JSON, a form, or
 * text: lines or `&`-joined pairs of `name=value`. What both have is the body's. A form with a `batch` has a
 * callback in each of its lines, its values divided by `;`, in the order that `fields` of the URL says.
 *
 * @param batchFields the order where the URL does not say it.
 */
export function readPieces(request: HttpRequest, batchFields: readonly string[]): Piece[] {
  const { query, body } = request;
  const fromUrl = Object.fromEntries([...query].filter(([name]) => name !== FIELDS));
  const content = readBody(request);
  if (typeof content === 'string') return [{ body, problem: content }];
  const batch = content[BATCH];
  if (typeof batch !== 'string') return [{ variables: { ...fromUrl, ...content } }];
  const order = query.get(FIELDS)?.split(/[;,]/) ?? batchFields;
  const lines = batch.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length > MAX_LINES) {
    return [{ body, problem: `the batch has ${lines.length} lines, of at most ${MAX_LINES}` }];
  }
  return lines.map((line) => readLine(line, order, fromUrl));
}

/** The variables of a body, or why it has none. */
function readBody({ headers, body }: HttpRequest): Variables | string {
  if (body.trim() === '') return {};
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  // A text may be written as either; a form begins with no brace.
  if (type === 'application/json' || body.trimStart().startsWith('{')) return readJson(body);
  const pairs = type === 'text/plain' ? body.trim().replaceAll(/\r?\n/g, '&') : body;
  const variables = Object.fromEntries(new URLSearchParams(pairs));
  return Object.keys(variables).length === 0 ? 'the body has no variables' : variables;
}

function readJson(body: string): Variables | string {
  try {
    const content: unknown = JSON.parse(body);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
    return 'the body is JSON and no object';
  } catch {
    return 'the body is not JSON';
  }
}

function readLine(line: string, order: readonly string[], shared: Variables): Piece {
  const values = line.trim().split(';');
  // Sigfox's own example ends every line with a semicolon.
  if (values.at(-1) === '' && values.length === order.length + 1) values.pop();
  if (values.length !== order.length) {
    const problem = `the line has ${values.length} values, and ${order.join(';')} has ${order.length}`;
    return { body: line, problem };
  }
  const own = order.map((name, index): [string, unknown] => [name, values[index]]);
  return { variables: { ...shared, ...Object.fromEntries(own) } };
}

import type { AwsRequest } from '../../endpoint/service.ts';
import { iotError, invalidRequest } from '../registry/errors.ts';
import type { Bindings, Shape } from './bindings.ts';
import { readMembers, type Violations } from './check-value.ts';
import type { Member, ScalarType } from './member.ts';

/**
 * Gathers an operation's input from where its members travel, and checks it.
 *
 * @param labels of the path, decoded.
 * @throws AwsApiError `InvalidRequestException`, or `ValidationException` for operations that know no other, with
 *   all that is wrong in AWS's words.
 */
export function readRequest(
  request: Pick<AwsRequest, 'query' | 'headers' | 'body'>,
  labels: Readonly<Record<string, string>>,
  shape: Shape,
  structures: Bindings['structures'],
): Record<string, unknown> {
  const isBodyUsed = shape.input.some(({ place }) => place === 'body' || place === 'payload');
  const body = isBodyUsed ? readJson(request.body) : {};
  const given: Record<string, unknown> = {};
  for (const member of shape.input) {
    const value = valueOf(member, request, labels, body);
    if (value !== undefined) given[member.name] = value;
  }
  const violations: Violations = [];
  const input = readMembers(shape.input, given, '', structures, violations);
  if (violations.length === 0) return input;
  const { length } = violations;
  const message = `${length} validation error${length === 1 ? '' : 's'} detected: ${violations.join('; ')}`;
  const knowsInvalidRequest = shape.errors.length === 0 || shape.errors.includes('InvalidRequestException');
  throw knowsInvalidRequest ? invalidRequest(message) : iotError('ValidationException', message);
}

function valueOf(
  { name, place, wireName, type }: Member,
  { query, headers }: Pick<AwsRequest, 'query' | 'headers'>,
  labels: Readonly<Record<string, string>>,
  body: Readonly<Record<string, unknown>>,
): unknown {
  switch (place) {
    case 'path': {
      const label = labels[name];
      return label === undefined || type.kind !== 'scalar' ? label : parseText(label, type.scalar, name);
    }
    case 'query': {
      if (type.kind === 'list') return query.has(wireName) ? query.getAll(wireName) : undefined;
      const text = query.get(wireName);
      return text === null
        ? undefined
        : parseText(text, type.kind === 'scalar' ? type.scalar : 'string', name);
    }
    case 'header': {
      const text = headers[wireName.toLowerCase()];
      return typeof text === 'string' ? text : undefined;
    }
    case 'payload':
      return Object.keys(body).length === 0 ? undefined : body;
    case 'body':
    default:
      return body[name];
  }
}

/** Text of a path or a query, as the type it stands for. */
function parseText(text: string, type: ScalarType, name: string): unknown {
  switch (type) {
    case 'string':
    case 'blob':
      return text;
    case 'boolean':
      if (text !== 'true' && text !== 'false')
        throw invalidRequest(`The value at '${name}' is not true or false`);
      return text === 'true';
    case 'timestamp': {
      const date = new Date(text);
      if (Number.isNaN(date.getTime())) throw invalidRequest(`The value at '${name}' is not a date`);
      return date;
    }
    case 'integer':
    case 'long':
    case 'number':
    default:
      if (!/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text))
        throw invalidRequest(`The value at '${name}' is not a number`);
      return Number(text);
  }
}

function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let content: unknown;
  try {
    content = JSON.parse(body.toString());
  } catch {
    throw invalidRequest('The request body is not JSON');
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw invalidRequest('The request body is not a JSON object');
  }
  return Object.fromEntries(Object.entries(content));
}

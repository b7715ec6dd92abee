import { ConfigurationError } from '../../errors.ts';

/**
 * How the names of a rule's settings are written: `HashKeyField` in CloudFormation, `hashKeyField` in the API of AWS
 * IoT. They differ in the first letter, everywhere.
 */
export type RuleSpelling = 'cloudformation' | 'api';

/** No setting of a rule lies deeper; what does is left as it is, for the schema to refuse. */
const MAX_DEPTH = 12;

/**
 * A rule's payload with the names that CloudFormation writes.
 *
 * @throws ConfigurationError RULE_FIELD_NOT_SERVED for a name that is written in CloudFormation's way already
 */
export function toCloudFormation(payload: unknown, spelling: RuleSpelling, depth = 0): unknown {
  if (spelling === 'cloudformation' || depth > MAX_DEPTH) return payload;
  if (Array.isArray(payload)) return payload.map((item) => toCloudFormation(item, spelling, depth + 1));
  if (typeof payload !== 'object' || payload === null) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]: [string, unknown]) => {
      if (/^[A-Z]/.test(name)) throw capitalised(name);
      return [name.charAt(0).toUpperCase() + name.slice(1), toCloudFormation(value, spelling, depth + 1)];
    }),
  );
}

/** A name or a path of names, `Actions[0].Republish.Topic`, as the payload's author writes it. */
export function spelt(path: string, spelling: RuleSpelling): string {
  if (spelling === 'cloudformation') return path;
  return path
    .split('.')
    .map((name) => name.charAt(0).toLowerCase() + name.slice(1))
    .join('.');
}

function capitalised(name: string): ConfigurationError {
  return new ConfigurationError(
    `the field ${name} is not served: in the API every name begins with a small letter`,
    { code: 'RULE_FIELD_NOT_SERVED', data: { field: name } },
  );
}

import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import { ConfigurationError } from '../../errors.ts';
import { SqlParseError } from './sql/errors.ts';
import { spelt, type RuleSpelling } from './spelling.ts';

/** The rule that is read, for messages. */
export interface RuleBeingRead {
  readonly ruleName: string;
  readonly spelling: RuleSpelling;
}

/**
 * Reads a part of a rule, and says of which rule and where when that fails.
 *
 * @param place the path of the part, in CloudFormation's names; empty for the rule itself.
 * @param schema what the part may hold: a field that is not served is answered with those that are.
 * @throws ConfigurationError RULE_FIELD_INVALID, RULE_FIELD_NOT_SERVED, RULE_SQL_INVALID, or what `read` throws,
 *   with the rule's name in front.
 */
export function inRule<Part>(rule: RuleBeingRead, place: string, schema: z.ZodType, read: () => Part): Part {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof z.ZodError) throw fieldError(rule, place, schema, thrown);
    const code =
      thrown instanceof SqlParseError
        ? 'RULE_SQL_INVALID'
        : thrown instanceof ConfigurationError
          ? thrown.code
          : 'RULE_FIELD_INVALID';
    const { ruleName } = rule;
    throw new ConfigurationError(`${whereIn(rule, place)}: ${errorText(thrown)}`, {
      code,
      data: { ruleName, place: spelt(place, rule.spelling) },
      cause: thrown,
    });
  }
}

/** `Rule "name", Actions[0].S3.Key`, in the spelling of the rule's author. */
export function whereIn({ ruleName, spelling }: RuleBeingRead, place: string): string {
  return place === '' ? `Rule "${ruleName}"` : `Rule "${ruleName}", ${spelt(place, spelling)}`;
}

function fieldError(
  rule: RuleBeingRead,
  place: string,
  schema: z.ZodType,
  error: z.ZodError,
): ConfigurationError {
  const { ruleName, spelling } = rule;
  const [issue] = error.issues;
  const path = [place, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  const field = spelt(path, spelling);
  if (issue?.code !== 'unrecognized_keys') {
    return new ConfigurationError(`${whereIn(rule, path)}: ${issue?.message ?? 'it cannot be read'}`, {
      code: 'RULE_FIELD_INVALID',
      data: { ruleName, field },
      cause: error,
    });
  }
  const written = (names: readonly string[]): string => names.map((name) => spelt(name, spelling)).join(', ');
  const served = written(servedFields(schema, issue.path));
  return new ConfigurationError(
    `${whereIn(rule, path)}: the field ${written(issue.keys)} is not served; served: ${served}`,
    { code: 'RULE_FIELD_NOT_SERVED', data: { ruleName, field, notServed: issue.keys }, cause: error },
  );
}

function servedFields(schema: unknown, path: readonly PropertyKey[]): string[] {
  let at = unwrap(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrap(at.shape[String(key)]);
    else at = at instanceof z.ZodArray ? unwrap(at.element) : undefined;
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** What may be left out has the fields of what it is when it is there. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap());
  return schema;
}

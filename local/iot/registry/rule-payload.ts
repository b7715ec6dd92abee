import { rulePayloadSchema, type RulePayload } from './topic-rules.ts';

/** Settings whose keys are the user's own and no names of settings. */
const MAPS = new Set(['ClientProperties']);

/** No setting of a rule lies deeper. */
const MAX_DEPTH = 12;

/**
 * A TopicRulePayload of a template with the names of the API, which begin with a small letter.
 *
 * @throws ZodError when it is no payload at all; what stands in it is checked by the engine.
 */
export function apiRulePayload(templatePayload: unknown): RulePayload {
  return rulePayloadSchema.parse(withApiNames(templatePayload, 0));
}

function withApiNames(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withApiNames(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      MAPS.has(name) ? inner : withApiNames(inner, depth + 1),
    ]),
  );
}

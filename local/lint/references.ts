/** The resource that a value refers to: by `Ref`, by `Fn::GetAtt`, or by an `Fn::Sub` of nothing else. */
export function logicalIdOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value;
  if (typeof ref === 'string') return ref;
  if (typeof attribute === 'string') return attribute.split('.')[0];
  if (Array.isArray(attribute)) return typeof attribute[0] === 'string' ? attribute[0] : undefined;
  if (typeof text !== 'string') return undefined;
  return /^\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}$/.exec(text)?.[1];
}

/** Every logical id that a value refers to, at any depth. Bounded by the template, which has no cycles. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

/**
 * The text that a value becomes, with `*` for what only a deployment knows: references, and the policy variables
 * of AWS IoT.
 */
export function patternOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return withoutPolicyVariables(String(value));
  if (!isRecord(value)) return '*';
  const { 'Fn::Sub': substituted, 'Fn::Join': joined } = value;
  const text: unknown = Array.isArray(substituted) ? substituted[0] : substituted;
  if (typeof text === 'string') {
    const known = text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_all, literal: string, name: string) =>
      literal === '' ? '*' : `\${${name}}`,
    );
    return withoutPolicyVariables(known);
  }
  if (Array.isArray(joined) && typeof joined[0] === 'string' && Array.isArray(joined[1])) {
    return joined[1].map(patternOf).join(joined[0]);
  }
  return '*';
}

/**
 * The template of AWS IoT that `Fn::Sub` leaves: CloudFormation fills in its own `${…}`, which are left out here, and
 * takes the mark out of `${!…}`. Undefined for anything else.
 */
export function templateOfSub(value: Readonly<Record<string, unknown>>): string | undefined {
  const { 'Fn::Sub': substituted } = value;
  const text: unknown = Array.isArray(substituted) ? substituted[0] : substituted;
  if (typeof text !== 'string') return undefined;
  return text.replaceAll(/\$\{([^!][^}]*)\}/g, '').replaceAll('${!', '${');
}

/** A list that may be written as its only element. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutPolicyVariables(text: string): string {
  return text.replaceAll(/\$\{[^}]*\}/g, '*');
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  if (!isRecord(value)) return;
  const own = logicalIdOf(value);
  if (own !== undefined) found.add(own);
  const { 'Fn::Sub': substituted } = value;
  const text: unknown = Array.isArray(substituted) ? substituted[0] : substituted;
  if (typeof text === 'string') {
    for (const [, id = ''] of text.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}/g)) found.add(id);
  }
  for (const item of Object.values(value)) collect(item, found);
}

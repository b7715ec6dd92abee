/** A policy document that has been read: `read-policy.ts` makes it, `compile.ts` takes it. */
export interface Policy {
  readonly statements: readonly Statement[];
  /** Whether `${…}` stands for a value. In a policy of 2008-10-17, or without a Version, it is plain text. */
  readonly hasVariables: boolean;
}

export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** `NotAction`: every action but these. */
  readonly isNotAction: boolean;
  readonly resources: readonly string[];
  /** `NotResource`: every resource but these. */
  readonly isNotResource: boolean;
  /** All of them have to hold. */
  readonly conditions: readonly Condition[];
}

/** One key under one operator. */
export interface Condition {
  /** As it was written: `ForAllValues:StringEqualsIfExists`. */
  readonly writtenOperator: string;
  /** The operator without its prefix and suffix: `StringEquals`. */
  readonly operator: string;
  /** `ForAllValues:` and `ForAnyValue:`. */
  readonly quantifier?: 'all' | 'any';
  readonly isIfExists: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

/** A policy under the name it is attached by. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy;
}

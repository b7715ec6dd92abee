import type { LintTemplate } from './template.ts';

/** An error will not work on AWS, whatever else there is; a warning may be meant, or be mended elsewhere. */
export type Severity = 'error' | 'warning';

/** Where something stands: the resource, and the keys from there on. */
export interface Place {
  readonly logicalId: string;
  /** `['TopicRulePayload', 'Actions', 0, 'S3', 'Key']`, below the resource's properties. */
  readonly path: readonly (string | number)[];
}

/** What a check found, in one place. */
export interface Found extends Place {
  /** What will happen on AWS, and the way out. */
  readonly message: string;
}

export interface Finding extends Found {
  readonly code: string;
  readonly severity: Severity;
}

/** One kind of trap. A check only reads the template; what it cannot tell for sure it lets pass. */
export interface Check {
  /** In UPPER_SNAKE_CASE. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence about the kind of trap. */
  readonly explain: string;
  find(template: LintTemplate): Found[];
}

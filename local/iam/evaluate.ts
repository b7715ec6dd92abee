import type { ConditionContext } from './conditions.ts';
import type { Statement } from './policy-document.ts';

export interface AccessRequest {
  /** The service that asks: `iot.amazonaws.com`. */
  readonly servicePrincipal: string;
  /** `sqs:SendMessage` */
  readonly action: string;
  /** A concrete ARN, or `*` for an action that has no resource. */
  readonly resource: string;
  readonly context: ConditionContext;
}

/** `denied` names the statement that says no; `unmentioned` is the no of IAM when nothing says anything. */
export type Decision =
  | { readonly outcome: 'allowed'; readonly by: Statement }
  | { readonly outcome: 'denied'; readonly by: Statement }
  | { readonly outcome: 'unmentioned' };

/** IAM's rule: a statement that denies wins; otherwise one has to allow. */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Decision {
  let allowing: Statement | undefined;
  for (const statement of statements) {
    if (!covers(statement, request)) continue;
    if (statement.effect === 'Deny') return { outcome: 'denied', by: statement };
    allowing ??= statement;
  }
  return allowing === undefined ? { outcome: 'unmentioned' } : { outcome: 'allowed', by: allowing };
}

function covers(
  statement: Statement,
  { servicePrincipal, action, resource, context }: AccessRequest,
): boolean {
  return (
    statement.coversAction(action) &&
    statement.coversResource(resource) &&
    statement.coversPrincipal(servicePrincipal) &&
    statement.condition(context)
  );
}

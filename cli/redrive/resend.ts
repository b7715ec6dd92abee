import { z } from 'zod';
import { quoted } from '../terminal.ts';

/** What a message of a queue is turned into, so that what failed runs again. */
export type Resend =
  | {
      readonly kind: 'invoke';
      /** Name or ARN. */
      readonly functionName: string;
      /** JSON. */
      readonly payload: string;
    }
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: Buffer };

/** What `functions/` put into the rejections queue: shared/rejections.ts. */
const rejection = z.object({
  reason: z.object({ code: z.string() }),
  function: z.string().min(1),
  requestId: z.string(),
  input: z.unknown(),
});

/** Lambda's record for an on-failure destination. */
const failureRecord = z.object({
  requestContext: z.object({ functionArn: z.string().min(1) }),
  requestPayload: z.unknown(),
});

/** What a rule's error action is given. */
const ruleError = z.object({
  ruleName: z.string(),
  topic: z.string().min(1),
  base64OriginalPayload: z.base64(),
});

/**
 * Reads the body of a queue's message: a rejection, Lambda's record of a failure, or a rule's error.
 *
 * @returns undefined when it is none of these.
 */
export function readResend(body: string): Resend | undefined {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return undefined;
  }
  const rejected = rejection.safeParse(content);
  if (rejected.success && isGiven(content, 'input')) {
    return invoke(rejected.data.function, rejected.data.input);
  }
  const failed = failureRecord.safeParse(content);
  if (failed.success && isGiven(content, 'requestPayload')) {
    return invoke(failed.data.requestContext.functionArn, failed.data.requestPayload);
  }
  const refused = ruleError.safeParse(content);
  if (refused.success) {
    const { topic, base64OriginalPayload } = refused.data;
    return { kind: 'publish', topic, payload: Buffer.from(base64OriginalPayload, 'base64') };
  }
  return undefined;
}

/** What is done, in words. */
export function describeResend(resend: Resend): string {
  if (resend.kind === 'publish') {
    return `publish ${resend.payload.length} bytes on ${quoted(resend.topic)}`;
  }
  return `invoke ${quoted(resend.functionName.replace(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:/, ''))}`;
}

function invoke(functionName: string, input: unknown): Resend {
  return { kind: 'invoke', functionName, payload: JSON.stringify(input) };
}

/** JSON has no undefined: an attribute that is missing is not the same as one that is null. */
function isGiven(content: unknown, attribute: string): boolean {
  return typeof content === 'object' && content !== null && Object.hasOwn(content, attribute);
}

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

/** What can be read, and cannot be sent back. */
export interface Unsendable {
  readonly kind: 'unsendable';
  readonly topic: string;
  /** Why, and what to do. */
  readonly advice: string;
}

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
  failures: z.array(z.object({ failedAction: z.string(), failedResource: z.string().min(1) })).catch([]),
});

/** Topics that AWS IoT keeps to itself: it takes no message of anybody else there, but for Basic Ingest. */
const RESERVED_TOPIC = /^\$aws\/(?!rules\/)/;

/** The rule on these hands its message to the function as it is. */
const REGISTERED_TOPIC = /^\$aws\/events\/certificates\/registered\//;

const PRESENCE_TOPIC = /^\$aws\/events\/presence\//;

/**
 * Reads the body of a queue's message: a rejection, Lambda's record of a failure, or a rule's error. What AWS IoT
 * itself had published cannot be published again: the event of a certificate goes to the function that did not get it.
 *
 * @returns undefined when it is none of these.
 */
export function readResend(body: string): Resend | Unsendable | undefined {
  const content = parseOrUndefined(body);
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
    const payload = Buffer.from(base64OriginalPayload, 'base64');
    return RESERVED_TOPIC.test(topic)
      ? readReserved(refused.data, payload)
      : { kind: 'publish', topic, payload };
  }
  return undefined;
}

function readReserved({ topic, failures }: z.infer<typeof ruleError>, payload: Buffer): Resend | Unsendable {
  const functionName = failures.find(({ failedAction }) => failedAction === 'LambdaAction')?.failedResource;
  const event = parseOrUndefined(payload.toString());
  if (REGISTERED_TOPIC.test(topic) && functionName !== undefined && event !== undefined) {
    return invoke(functionName, event);
  }
  const why = 'only AWS IoT itself may publish there';
  const next = REGISTERED_TOPIC.test(topic)
    ? 'a certificate that still waits brings the event again when its device next connects'
    : PRESENCE_TOPIC.test(topic)
      ? 'nothing is lost that the next CONNECT of the device does not bring; it may be deleted from the queue'
      : 'let AWS IoT publish it again by doing again what it is about, then delete it from the queue';
  return { kind: 'unsendable', topic, advice: `${why}; ${next}` };
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

/** Undefined for what is no JSON, which has no undefined of its own. */
function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON has no undefined: an attribute that is missing is not the same as one that is null. */
function isGiven(content: unknown, attribute: string): boolean {
  return typeof content === 'object' && content !== null && Object.hasOwn(content, attribute);
}

import { z } from 'zod';
import { loopbackTargetProblem } from '../../../outbox/loopback-target.ts';
import {
  ActionError,
  cloudFormationBoolean,
  cloudFormationInteger,
  defineAction,
  templateText,
  type ActionInvocation,
} from './action.ts';
import { requireService } from './permissions.ts';
import type { HttpPost } from './services.ts';

/** Names that the connection itself sets. */
const RESERVED_HEADERS = new Set(['connection', 'content-length', 'host', 'transfer-encoding', 'upgrade']);

const header = z.strictObject({
  Key: z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/, 'it is no name of a header')
    .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), 'the connection itself sets this header'),
  Value: templateText,
});

const batchConfig = z.strictObject({
  MaxBatchOpenMs: cloudFormationInteger(5, 200).default(20),
  MaxBatchSize: cloudFormationInteger(2, 10).default(10),
  MaxBatchSizeBytes: cloudFormationInteger(100, 131_072).default(5_120),
  BatchAcrossTopics: cloudFormationBoolean.default(false),
});

const settings = z.strictObject({
  Url: templateText.refine(...staticTarget()),
  ConfirmationUrl: templateText.refine(...staticTarget()).optional(),
  Headers: z.array(header).max(100).default([]),
  Auth: z.never('SigV4 is not served: what leaves for AWS to check would leave this machine').optional(),
  EnableBatching: cloudFormationBoolean.default(false),
  BatchConfig: batchConfig.default(batchConfig.parse({})),
});

type Settings = z.output<typeof settings>;

/**
 * Posts the SELECT result to a server on this machine, whose destination has to be confirmed first: the one of
 * `ConfirmationUrl`, or of `Url` itself where no template stands in it.
 */
export const http = defineAction({
  name: 'Http',
  failedAction: 'HttpAction',
  settings,
  prepare: (prepared) => {
    const { Url, BatchConfig, EnableBatching } = prepared;
    const confirmationUrl = confirmationUrlOf(prepared);
    return {
      resource: Url,
      ...(confirmationUrl === undefined ? {} : { confirmationUrl }),
      run: async (url, invocation, services) => {
        requireTarget(url, prepared.ConfirmationUrl?.render(invocation.context));
        const message = messageOf(url, prepared, invocation);
        const poster = requireService(services, 'http');
        if (!EnableBatching) {
          await poster.post(message);
          return;
        }
        if (!invocation.result.isJson()) {
          throw new ActionError(
            'RESULT_NOT_JSON',
            'the result of SELECT is not JSON, which a batch requires',
          );
        }
        const topic = BatchConfig.BatchAcrossTopics ? '' : invocation.message.topic;
        await poster.postInBatch(`${invocation.ruleName} ${topic}`, message, {
          maxOpenMs: BatchConfig.MaxBatchOpenMs,
          maxMessages: BatchConfig.MaxBatchSize,
          maxBytes: BatchConfig.MaxBatchSizeBytes,
        });
      },
    };
  },
});

function messageOf(url: string, { Headers }: Settings, { result, context }: ActionInvocation): HttpPost {
  const headers = Headers.map(({ Key, Value }) => [Key, Value.render(context)] as const);
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const type = result.isJson() ? 'application/json' : 'application/octet-stream';
  return { url, headers: hasType ? headers : [['content-type', type], ...headers], body: result.bytes() };
}

/** What AWS makes a destination of, when the rule is made. */
function confirmationUrlOf({ Url, ConfirmationUrl }: Settings): string | undefined {
  const given = ConfirmationUrl ?? Url;
  if (ConfirmationUrl === undefined && isTemplate(Url.source)) {
    throw new z.ZodError([
      {
        code: 'custom',
        path: ['ConfirmationUrl'],
        message: 'a Url with a template needs the URL that confirms the destination',
        input: undefined,
      },
    ]);
  }
  return isTemplate(given.source) ? undefined : given.source;
}

/** @throws ActionError HTTP_TARGET_REFUSED */
function requireTarget(url: string, confirmationUrl: string | undefined): void {
  const problem = loopbackTargetProblem(url);
  if (problem !== undefined) throw new ActionError('HTTP_TARGET_REFUSED', problem, { url });
  if (confirmationUrl === undefined || url.startsWith(confirmationUrl)) return;
  throw new ActionError(
    'HTTP_TARGET_REFUSED',
    `the URL "${url.slice(0, 200)}" does not begin with its confirmation URL "${confirmationUrl.slice(0, 200)}"`,
    { url },
  );
}

/** Refuses a rule whose server can be seen not to be this machine: all of the authority stands in the text. */
function staticTarget(): [
  (template: { readonly source: string }) => boolean,
  { error: (issue: z.core.$ZodRawIssue) => string },
] {
  const problemOf = (source: string): string | undefined => {
    const [beforeTemplate = ''] = source.split('${', 1);
    const isWhole = beforeTemplate === source || /^[a-z]+:\/\/[^/?#]+[/?#]/i.test(beforeTemplate);
    return isWhole ? loopbackTargetProblem(beforeTemplate) : undefined;
  };
  return [
    ({ source }) => problemOf(source) === undefined,
    { error: ({ input }) => problemOf(sourceOf(input)) ?? 'it is no URL' },
  ];
}

function sourceOf(input: unknown): string {
  return typeof input === 'object' && input !== null && 'source' in input ? String(input.source) : '';
}

function isTemplate(source: string): boolean {
  return source.includes('${');
}

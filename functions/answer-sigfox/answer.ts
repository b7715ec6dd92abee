import { RejectedInputError } from '../../shared/rejections.ts';
import { readCallback, type Uplink } from '../../shared/sigfox/callback.ts';
import { CALLBACK_MEMBER, CALLBACK_TYPES, callbackTypeOf } from '../../shared/sigfox/callback-type.ts';
import { answerUplink, offeredData } from '../../shared/sigfox/downlink.ts';
import type { DownlinkStore } from '../../shared/sigfox/downlink-store.ts';
import { publicationsOf, type Publication } from '../../shared/sigfox/publication.ts';
import type { Variables } from '../../shared/sigfox/variables.ts';
import { readPieces, type Piece } from './body.ts';
import { isLetIn, type Credential } from './credentials.ts';
import type { HttpAnswer, HttpRequest } from './http-request.ts';

export interface AnswerServices {
  readonly credentials: {
    get(): Promise<readonly Credential[]>;
    recheck(): Promise<readonly Credential[]>;
  };
  /** Whether callbacks may come from an address; absent: from everywhere. */
  readonly isSource?: (address: string) => boolean;
  /** Gives a callback to the work, for good: what resolves is kept, whatever happens to this function. */
  readonly handOver: (message: Variables) => Promise<void>;
  readonly downlinks: DownlinkStore;
  readonly publish: (publications: readonly Publication[]) => Promise<void>;
  readonly batchFields: readonly string[];
  readonly now: () => number;
  readonly count: (name: string) => void;
}

/** What AWS IoT takes in one message is 128 KiB; Sigfox's largest callback has a twentieth of it. */
const MAX_BODY_BYTES = 120_000;

/** Lines of a batch that are handed over at once. */
const CONCURRENCY = 20;

/**
 * Answers a request of Sigfox: who is it, what is it, hand it over, answer.
 *
 * The work itself is done elsewhere, after the answer. What is wrong with a callback is found there too, and
 * kept there with its reason: an error would only bring the same callback again, three times. An error is
 * answered where another try may help, or where whoever asks has to be told so: 401, 403, 404, 413.
 *
 * The one thing that cannot wait is a downlink: the device listens now.
 *
 * @throws whatever keeps a callback from being handed over: Sigfox is answered an error and tries again.
 */
export async function answer(request: HttpRequest, services: AnswerServices): Promise<HttpAnswer> {
  const { isSource, count } = services;
  if (isSource !== undefined && !isSource(request.sourceIp)) {
    count('SourceRefused');
    return refusal(403, 'callbacks are taken from the addresses of Sigfox only');
  }
  if (!(await hasCredentials(request, services))) {
    count('CredentialsRefused');
    return {
      ...refusal(401, 'the credentials are missing or wrong'),
      headers: { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="sigfox"' },
    };
  }
  const type = callbackTypeOf(request.type);
  if (type === undefined) {
    return refusal(404, `there is no callback of this type; there are ${CALLBACK_TYPES.join(', ')}`);
  }
  if (Buffer.byteLength(request.body) > MAX_BODY_BYTES) {
    return refusal(413, `the body has more than ${MAX_BODY_BYTES} bytes`);
  }
  const pieces = readPieces(request, services.batchFields);
  const handingOver = handOverAll(type, pieces, services);
  if (type !== 'bidir') {
    await handingOver;
    return { statusCode: 204 };
  }
  // Neither waits for the other: the device listens for a few seconds only.
  const [downlinks] = await Promise.all([answerUplinks(pieces, services), handingOver]);
  if (downlinks.length === 0) return { statusCode: 204 };
  return json(200, Object.fromEntries(downlinks));
}

/** One that is not known may have been put there since the last look. */
async function hasCredentials({ headers }: HttpRequest, { credentials }: AnswerServices): Promise<boolean> {
  return isLetIn(headers, await credentials.get()) || isLetIn(headers, await credentials.recheck());
}

async function handOverAll(
  type: string,
  pieces: readonly Piece[],
  { handOver, count }: AnswerServices,
): Promise<void> {
  const messages = pieces.map((piece): Variables => {
    const kind = { [CALLBACK_MEMBER]: type };
    return 'variables' in piece
      ? { ...piece.variables, ...kind }
      : { body: piece.body, bodyProblem: piece.problem, ...kind };
  });
  for (let index = 0; index < messages.length; index += CONCURRENCY) {
    await Promise.all(messages.slice(index, index + CONCURRENCY).map(handOver));
  }
  for (const _message of messages) count('CallbackTaken');
}

type DownlinkAnswer = readonly [device: string, answer: Readonly<Record<string, unknown>>];

/** What each device that listens is told, under the name that Sigfox gave it. */
async function answerUplinks(
  pieces: readonly Piece[],
  services: AnswerServices,
): Promise<readonly DownlinkAnswer[]> {
  const listening = pieces.flatMap((piece) => {
    const uplink = 'variables' in piece ? readListening(piece.variables, services.now()) : undefined;
    return uplink === undefined ? [] : [uplink];
  });
  const answers: DownlinkAnswer[] = [];
  for (let index = 0; index < listening.length; index += CONCURRENCY) {
    const some = listening.slice(index, index + CONCURRENCY);
    answers.push(...(await Promise.all(some.map((uplink) => answerOne(uplink, services)))));
  }
  return answers;
}

async function answerOne(
  { device, deviceAsSent, timeMs, seqNumber }: Uplink,
  { downlinks, publish, now, count }: AnswerServices,
): Promise<DownlinkAnswer> {
  const uplink = { timeMs, ...(seqNumber === undefined ? {} : { seqNumber }) };
  const change = await downlinks.change(device, (slot) => answerUplink(slot, uplink, now()));
  await publish(publicationsOf(device, change.told));
  const downlinkData = offeredData(change);
  count(downlinkData === undefined ? 'DownlinkNone' : 'DownlinkOffered');
  return [deviceAsSent, downlinkData === undefined ? { noData: true } : { downlinkData }];
}

/** The uplink, if its device listens. What cannot be read is rejected where it is handed over to. */
function readListening(variables: Variables, nowMs: number): Uplink | undefined {
  try {
    const callback = readCallback({ ...variables, [CALLBACK_MEMBER]: 'bidir' }, nowMs);
    return callback.kind === 'uplink' && callback.ack ? callback : undefined;
  } catch (error) {
    if (error instanceof RejectedInputError) return undefined;
    throw error;
  }
}

function refusal(statusCode: number, message: string): HttpAnswer {
  return json(statusCode, { message });
}

function json(statusCode: number, content: unknown): HttpAnswer {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}

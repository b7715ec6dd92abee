import type { Clock } from '../../clock.ts';
import type { ServiceHandler } from '../../endpoint/service.ts';
import { AwsApiError } from '../../errors.ts';
import type { IotMessage, PublishMessage } from '../message.ts';
import type { Message, Rejection, ShadowDocument } from './document.ts';
import { getMessage } from './get.ts';
import { readShadowCall } from './http-request.ts';
import { stringifyJson } from './json.ts';
import { listNamedShadows } from './list.ts';
import type { ShadowId } from './names.ts';
import { operate, type Outcome } from './operations.ts';
import { openShadowStore } from './store.ts';
import { createThrottle } from './throttle.ts';
import { readShadowTopic, shadowTopicPrefix, type ShadowOperation } from './topics.ts';

export interface ShadowsOptions {
  /** Where shadows are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Clock;
  /** Takes the answers into the cloud: to subscribers and to rules. */
  readonly publish: PublishMessage;
  /** Trace ids of calls over HTTP. */
  readonly newId: () => string;
  /** Requests a second and thing; AWS's quota is 20. @default no limit */
  readonly requestsPerSecond?: number;
  /** Told of every shadow that was updated (with its document) or deleted (without). @default nobody is */
  readonly changed?: (id: ShadowId, document: ShadowDocument | undefined) => void;
}

/** The Device Shadow service. */
export interface Shadows {
  /**
   * Does what a message on `$aws/things/<thing>/shadow/…/{get,update,delete}` asks for, and publishes the
   * answers. Call it after the message was delivered, which goes to its subscribers like any other.
   *
   * @returns false when the topic is none of these
   */
  handlePublish(message: IotMessage): boolean;
  /** Answers the data plane's calls to shadows; `readShadowCall` tells which those are. */
  readonly handler: ServiceHandler;
  /** A shadow; undefined when there is none. Without a name the classic one. */
  read(thingName: string, shadowName?: string): ShadowDocument | undefined;
  /** A shadow as GetThingShadow answers it, in JSON. */
  readText(thingName: string, shadowName?: string): string | undefined;
  /** Every shadow there is, for whoever keeps an index of them. */
  all(): IterableIterator<ShadowId & { readonly document: ShadowDocument }>;
  /** Forgets every shadow, with its version; nobody is told. */
  reset(): void;
  close(): void;
}

/** What an answer has of its request: its author, its trace, and the republish actions that it came through. */
type Cause = Pick<IotMessage, 'publisher' | 'traceId' | 'republishes'>;

/** AWS's error types for the codes of rejections. */
const ERROR_TYPES: Readonly<Record<Rejection['code'], string>> = {
  400: 'InvalidRequestException',
  404: 'ResourceNotFoundException',
  409: 'ConflictException',
  413: 'RequestEntityTooLargeException',
  415: 'UnsupportedDocumentEncodingException',
  429: 'ThrottlingException',
};

/** @throws ConfigurationError when the file cannot be used (store.ts) */
export function createShadows(options: ShadowsOptions): Shadows {
  const { file, clock, publish, newId, requestsPerSecond, changed } = options;
  const store = openShadowStore(file);
  const nowSeconds = (): number => Math.floor(clock.now() / 1000);
  const context = { store, throttle: createThrottle(requestsPerSecond, () => clock.now()), nowSeconds };

  function perform(operation: ShadowOperation, id: ShadowId, payload: Uint8Array): Outcome {
    const outcome = operate(context, operation, id, payload);
    if ('accepted' in outcome && outcome.hasChanged) changed?.(id, find(id));
    return outcome;
  }

  function find(id: ShadowId): ShadowDocument | undefined {
    return store.find(id, nowSeconds())?.document;
  }

  function tell(topic: string, content: Message, { publisher, traceId, republishes }: Cause): void {
    const payload = Buffer.from(stringifyJson(content));
    publish({ topic, payload, qos: 1, retain: false, publisher, traceId, republishes });
  }

  /** The order is that in which devices get them on AWS: the answer to the request first. */
  function tellAccepted(
    operation: ShadowOperation,
    id: ShadowId,
    outcome: Extract<Outcome, { accepted: Message }>,
    cause: Cause,
  ): void {
    const topic = `${shadowTopicPrefix(id)}/${operation}`;
    tell(`${topic}/accepted`, outcome.accepted, cause);
    if (outcome.delta !== undefined) tell(`${topic}/delta`, outcome.delta, cause);
    if (outcome.documents !== undefined) tell(`${topic}/documents`, outcome.documents, cause);
  }

  return {
    handlePublish(message) {
      const request = readShadowTopic(message.topic);
      if (request === undefined) return false;
      const { operation, ...id } = request;
      const outcome = perform(operation, id, message.payload);
      if ('accepted' in outcome) {
        tellAccepted(operation, id, outcome, message);
        return true;
      }
      const { rejected, ...token } = outcome;
      const content = { ...rejected, timestamp: nowSeconds(), ...token };
      tell(`${shadowTopicPrefix(id)}/${operation}/rejected`, content, message);
      return true;
    },
    handler(request, response) {
      const call = readShadowCall(request);
      if (call === undefined) {
        throw new AwsApiError(404, 'ResourceNotFoundException', `There is no shadow at ${request.path}.`);
      }
      const answer = (content: Message): void => {
        response.setHeader('content-type', 'application/json');
        response.writeHead(200).end(stringifyJson(content));
      };
      if (call.operation === 'list') {
        answer(listNamedShadows(store, call.thingName, request.query, nowSeconds()));
        return;
      }
      const { operation, id } = call;
      const outcome = perform(operation, id, operation === 'update' ? request.body : new Uint8Array());
      // An error is answered and not published; and so is what was read, since only the caller has asked.
      if ('rejected' in outcome) throw toApiError(outcome.rejected);
      answer(outcome.accepted);
      if (operation === 'get') return;
      tellAccepted(operation, id, outcome, {
        publisher: { protocol: 'HTTP', principal: request.accessKeyId, sourceIp: '127.0.0.1' },
        traceId: newId(),
        republishes: 0,
      });
    },
    read: (thingName, shadowName) => find(idOf(thingName, shadowName)),
    readText(thingName, shadowName) {
      const document = find(idOf(thingName, shadowName));
      return document && stringifyJson(getMessage(document, nowSeconds()));
    },
    all: () => store.all(),
    reset: () => store.clear(),
    close: () => store.close(),
  };
}

function idOf(thingName: string, shadowName: string | undefined): ShadowId {
  return shadowName === undefined ? { thingName } : { thingName, shadowName };
}

function toApiError({ code, message }: Rejection): AwsApiError {
  return new AwsApiError(code, ERROR_TYPES[code], message);
}

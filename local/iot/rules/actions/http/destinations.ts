import { randomUUID } from 'node:crypto';
import { errorText } from '../../../../../shared/errors.ts';
import type { Clock } from '../../../../clock.ts';
import { AwsApiError } from '../../../../errors.ts';
import { loopbackTargetProblem } from '../../../../outbox/loopback-target.ts';
import { openDestinationStore, type Destination, type DestinationStatus } from './destination-store.ts';

/** A confirmation is good for three days; after that it has to be asked for again. */
const TOKEN_LIFE_MS = 3 * 24 * 3_600_000;

const TIMEOUT_MS = 3_000;
const MAX_DESTINATIONS = 1_000;

/** The path of the endpoint that confirms without a signature, with the token in the query. */
export const ENABLE_PATH = '/_glasshouse/confirmdestination';

export interface DestinationsOptions {
  /** Where they are kept, in a folder that exists; `:memory:` keeps them nowhere. */
  readonly file: string;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** `http://127.0.0.1:<port>` of the endpoint. */
  readonly baseUrl: string;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
  /** Makes ids and tokens. @default randomUUID */
  readonly newId?: () => string;
}

/**
 * Topic rule destinations over HTTP:
 *
 *   ensure → IN_PROGRESS —confirm→ ENABLED ⇄ DISABLED (setStatus)
 *                 └ three days without: ERROR
 */
export interface Destinations {
  /**
   * Makes the destination of a URL unless it is there, and asks its server to confirm it unless it has.
   *
   * @throws AwsApiError InvalidRequestException for a URL that is not on this machine
   */
  ensure(confirmationUrl: string): Promise<Destination>;
  /** Confirms with the token of a confirmation message. @throws AwsApiError InvalidRequestException */
  confirm(token: string): Destination;
  /**
   * Enables, disables, or with IN_PROGRESS asks to confirm again.
   *
   * @throws AwsApiError ResourceNotFoundException, InvalidRequestException
   */
  setStatus(arn: string, status: string): Promise<Destination>;
  find(arn: string): Destination | undefined;
  list(): Destination[];
  remove(arn: string): void;
  /** Whether an enabled destination stands for a URL: the URL begins with its confirmation URL. */
  isEnabled(url: string): boolean;
  /** Forgets all of them. */
  reset(): void;
  close(): void;
}

export function createDestinations(options: DestinationsOptions): Destinations {
  const { clock, accountId, region, baseUrl, log, newId = randomUUID } = options;
  const store = openDestinationStore(options.file);

  function withStatus(destination: Destination, status: DestinationStatus, statusReason = ''): Destination {
    const changed = { ...destination, status, statusReason, updatedAtMs: clock.now() };
    store.save(changed);
    return changed;
  }

  /** What is told of a destination: one that was not confirmed in time is in error. */
  function current(destination: Destination): Destination {
    const isLate =
      destination.status === 'IN_PROGRESS' && clock.now() > destination.tokenAtMs + TOKEN_LIFE_MS;
    return isLate ? withStatus(destination, 'ERROR', 'the confirmation timed out') : destination;
  }

  async function ask(destination: Destination): Promise<Destination> {
    const asked = { ...destination, token: newId(), tokenAtMs: clock.now() };
    const waiting = withStatus(asked, 'IN_PROGRESS', 'waiting for the confirmation');
    try {
      await postConfirmation(waiting, baseUrl);
    } catch (thrown) {
      log('a server could not be asked to confirm its destination', {
        confirmationUrl: waiting.confirmationUrl,
        error: errorText(thrown),
      });
    }
    // The server may have confirmed while it was asked.
    return store.find(waiting.arn) ?? waiting;
  }

  return {
    async ensure(confirmationUrl) {
      const problem = loopbackTargetProblem(confirmationUrl);
      if (problem !== undefined) throw invalid(`The confirmation URL cannot be used: ${problem}`);
      const existing = store.list().find((destination) => destination.confirmationUrl === confirmationUrl);
      if (existing?.status === 'ENABLED' || existing?.status === 'DISABLED') return existing;
      if (existing === undefined && store.list().length >= MAX_DESTINATIONS) {
        throw new AwsApiError(
          410,
          'LimitExceededException',
          `There are ${MAX_DESTINATIONS} destinations already.`,
        );
      }
      const nowMs = clock.now();
      const fresh: Destination = {
        arn: `arn:aws:iot:${region}:${accountId}:ruledestination/http/${newId()}`,
        confirmationUrl,
        status: 'IN_PROGRESS',
        statusReason: '',
        token: '',
        tokenAtMs: nowMs,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      return ask(existing ?? fresh);
    },
    confirm(token) {
      const found =
        token === '' ? undefined : store.list().find((destination) => destination.token === token);
      if (found === undefined) throw invalid('The confirmation token belongs to no destination');
      const destination = current(found);
      if (destination.status === 'ERROR')
        throw invalid('The confirmation token has expired: ask for a new one');
      return destination.status === 'IN_PROGRESS' ? withStatus(destination, 'ENABLED') : destination;
    },
    async setStatus(arn, status) {
      const found = store.find(arn);
      if (found === undefined) {
        throw new AwsApiError(404, 'ResourceNotFoundException', `There is no destination ${arn}.`);
      }
      const destination = current(found);
      if (status === 'IN_PROGRESS') return ask(destination);
      const isConfirmed = destination.status === 'ENABLED' || destination.status === 'DISABLED';
      if (isConfirmed && (status === 'ENABLED' || status === 'DISABLED'))
        return withStatus(destination, status);
      throw invalid(`A destination that is ${destination.status} cannot be set to ${status.slice(0, 50)}`);
    },
    find: (arn) => {
      const found = store.find(arn);
      return found === undefined ? undefined : current(found);
    },
    list: () => store.list().map(current),
    remove: (arn) => store.remove(arn),
    isEnabled: (url) =>
      store
        .list()
        .some(({ status, confirmationUrl }) => status === 'ENABLED' && covers(confirmationUrl, url)),
    reset: () => store.clear(),
    close: () => store.close(),
  };
}

/** Whether a URL begins with another: of one server, so that port 80 does not stand for 8080. */
function covers(confirmationUrl: string, url: string): boolean {
  return url.startsWith(confirmationUrl) && URL.parse(url)?.origin === URL.parse(confirmationUrl)?.origin;
}

async function postConfirmation(
  { arn, confirmationUrl, token }: Destination,
  baseUrl: string,
): Promise<void> {
  const url = `${confirmationUrl.replace(/\/$/, '')}/?confirmationToken=${encodeURIComponent(token)}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-amz-rules-engine-message-type': 'DestinationConfirmation',
      'x-amz-rules-engine-destination-arn': arn,
    },
    body: JSON.stringify({
      arn,
      confirmationToken: token,
      enableUrl: `${baseUrl}${ENABLE_PATH}?token=${encodeURIComponent(token)}`,
      messageType: 'DestinationConfirmation',
    }),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
}

function invalid(message: string): AwsApiError {
  return new AwsApiError(400, 'InvalidRequestException', `${message}.`);
}

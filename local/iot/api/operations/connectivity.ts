import { AwsApiError } from '../../../errors.ts';
import { iotError } from '../../registry/errors.ts';
import type { Registry } from '../../registry/registry.ts';
import type { OperationGroup, Output } from '../operation.ts';

type Reason = NonNullable<Output<'GetThingConnectivityData'>['disconnectReason']>;

/** The reasons that AWS's model knows; another one is answered with as UNKNOWN. */
const REASONS: readonly Reason[] = [
  'AUTH_ERROR',
  'CLIENT_INITIATED_DISCONNECT',
  'CLIENT_ERROR',
  'CONNECTION_LOST',
  'DUPLICATE_CLIENTID',
  'FORBIDDEN_ACCESS',
  'MQTT_KEEP_ALIVE_TIMEOUT',
  'SERVER_ERROR',
  'SERVER_INITIATED_DISCONNECT',
  'THROTTLED',
  'WEBSOCKET_TTL_EXPIRATION',
  'CUSTOMAUTH_TTL_EXPIRATION',
];

/** Whether a thing's device is connected. */
export const connectivityOperations = {
  /** A thing whose device never connected is not connected, and no more is told of it. */
  GetThingConnectivityData({ thingName, includeSocketInformation = false }, registry) {
    const thing = registry.things.require(thingName);
    const { thingConnectivityIndexingMode } = registry.index.configurations.get().thingIndexingConfiguration;
    if (thingConnectivityIndexingMode !== 'STATUS') {
      throw iotError(
        'IndexNotReadyException',
        'Connectivity is not indexed; UpdateIndexingConfiguration with thingConnectivityIndexingMode STATUS does it',
      );
    }
    if (includeSocketInformation) {
      throw new AwsApiError(
        501,
        'UnsupportedOperationException',
        'The socket information of a connection is not served here.',
      );
    }
    const found = registry.connectivityOf(thing);
    return {
      thingName,
      connected: found?.connected ?? false,
      timestamp: found?.timestamp === undefined ? undefined : new Date(found.timestamp),
      disconnectReason: reasonOf(found?.disconnectReason),
    };
  },
} satisfies OperationGroup<Registry>;

function reasonOf(text: string | undefined): Reason | undefined {
  return text === undefined ? undefined : (REASONS.find((reason) => reason === text) ?? 'UNKNOWN');
}

import { RejectedInputError } from '../rejections.ts';
import type { Variables } from './variables.ts';

/** Every kind of callback that Sigfox makes, as the last part of its URL and the member `callback` name it. */
export const CALLBACK_TYPES = [
  'uplink',
  'bidir',
  'data-advanced',
  'status',
  'acknowledge',
  'geoloc',
  'repeater',
  'error',
  'event',
] as const;

export type CallbackType = (typeof CALLBACK_TYPES)[number];

/** The member that says which kind it is. */
export const CALLBACK_MEMBER = 'callback';

/** `DATA_ADVANCED`, `data-advanced` and `Data_Advanced` are one. */
export function callbackTypeOf(name: string): CallbackType | undefined {
  const wanted = name.toLowerCase().replaceAll('_', '-');
  return CALLBACK_TYPES.find((type) => type === wanted);
}

/** The variables that only one kind has, the surest first. */
const TELLING: readonly (readonly [CallbackType, readonly string[]])[] = [
  ['acknowledge', ['infoCode']],
  ['event', ['eventType']],
  ['data-advanced', ['lqi', 'linkQuality', 'computedLocation', 'duplicates', 'fixedLat', 'operatorName']],
  ['geoloc', ['geolocSource']],
  ['bidir', ['ack', 'longPolling']],
  ['uplink', ['data']],
  ['status', ['batt']],
  ['error', ['severity']],
];

/**
 * The kind of a callback: what its member `callback` says, else what its variables give away. The body that
 * Sigfox's AWS IoT connector is set up with in its own documentation says nothing, and is an uplink.
 *
 * @throws RejectedInputError CALLBACK_UNKNOWN
 */
export function readCallbackType(variables: Variables): CallbackType {
  const named = Object.hasOwn(variables, CALLBACK_MEMBER) ? variables[CALLBACK_MEMBER] : undefined;
  const type =
    typeof named === 'string'
      ? callbackTypeOf(named)
      : TELLING.find(([, names]) => names.some((name) => Object.hasOwn(variables, name)))?.[0];
  if (type !== undefined) return type;
  throw new RejectedInputError(
    'CALLBACK_UNKNOWN',
    `the callback is none of ${CALLBACK_TYPES.join(', ')}: put its kind into its member "${CALLBACK_MEMBER}"`,
    CALLBACK_MEMBER,
  );
}

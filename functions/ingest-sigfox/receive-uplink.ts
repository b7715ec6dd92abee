import { GlasshouseError } from '../../shared/errors.ts';
import type { Uplink } from '../../shared/sigfox/callback.ts';
import type { DeviceType } from '../../shared/sigfox/device-type.ts';
import { toAttribute, type Item } from '../../shared/sigfox/item.ts';
import { storableValues, type Decoding, type PayloadDecoders } from './decode-payload.ts';
import { uplinkKey } from './message-key.ts';
import type { MessageStore } from './message-store.ts';
import { placeInSequence } from './sequence.ts';
import { encodeUplink } from './stored-uplink.ts';

/** So many others wrote to one device at the same moment that this message found no gap: try it later. */
export class ContentionError extends GlasshouseError {
  override readonly name = 'ContentionError' as const;
}

/** One wins every round: a message that meets n others is through after n rounds. */
const MAX_ROUNDS = 20;

/** After a refusal for a transaction under way: how long such a one takes at most, in usual times. */
const PAUSE_MS = 10;

export interface ReceivedUplink {
  /** Its item, as the first delivery has written it. */
  readonly item: Item;
  readonly isRepeated: boolean;
  readonly decoding: Decoding;
}

/**
 * Takes in a message: once, however often it is delivered, and in its place, whenever it is delivered.
 *
 * @throws ContentionError (retryable)
 */
export async function receiveUplink(
  uplink: Uplink,
  options: {
    readonly store: MessageStore;
    readonly decoders: PayloadDecoders;
    readonly type: DeviceType;
    readonly nowMs: number;
    readonly pause: (ms: number) => Promise<void>;
    readonly onConflict?: () => void;
  },
): Promise<ReceivedUplink> {
  const { store, decoders, type, nowMs, pause, onConflict } = options;
  const { device, deviceTypeId } = uplink;
  const { timeMs, seqNumber } = uplink;
  const to = { timeMs, ...(seqNumber === undefined ? {} : { seqNumber }) };
  const key = uplinkKey(device, to);
  const decoding = decoders.decode(type, uplink.data);
  let state = store.remembered(device);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const sequence = placeInSequence(state, to);
    const item = encodeUplink(uplink, { decoding, sequence, nowMs });
    // Older than what is known, however old that knowledge is, is late for certain.
    const isLate = sequence.kind === 'late';
    const advance = isLate ? {} : { advance: { device, from: state, to, deviceTypeId } };
    const outcome = await store.saveUplink({ key, item, ...advance });
    if (outcome.kind === 'saved') return { item, isRepeated: false, decoding };
    if (outcome.kind === 'known') {
      return { item: await mended(outcome.item, key, decoding, store), isRepeated: true, decoding };
    }
    onConflict?.();
    if (outcome.state?.version === state?.version) await pause(PAUSE_MS * (round + 1));
    state = outcome.state;
  }
  throw new ContentionError(`device ${device} was written to ${MAX_ROUNDS} times while one message waited`, {
    code: 'DEVICE_CONTENDED',
    retryable: true,
    data: { device },
  });
}

/** A message that was sent back after its kind's config was put right gets its values now. */
async function mended(
  item: Item,
  key: ReturnType<typeof uplinkKey>,
  decoding: Decoding,
  store: MessageStore,
): Promise<Item> {
  if (item['problem'] === undefined || decoding.kind !== 'decoded') return item;
  const values = toAttribute(storableValues(decoding.payload));
  await store.mendUplink(key, values);
  const { problem: _solved, ...rest } = item;
  return { ...rest, values };
}

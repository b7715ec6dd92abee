import { RejectedInputError } from '../rejections.ts';
import { CALLBACK_MEMBER, readCallbackType } from './callback-type.ts';
import {
  present,
  readData,
  readDevice,
  readGeolocation,
  readSequenceNumber,
  readStructure,
  readTime,
} from './callback-variables.ts';
import type { Storable } from './item.ts';
import { VariableReader, type Variables } from './variables.ts';

export type Extra = Readonly<Record<string, Storable>>;

interface FromDevice {
  /** Normalised: see device-id.ts. */
  readonly device: string;
  /** The message's own time, in milliseconds since the epoch; Sigfox gives it in whole seconds. */
  readonly timeMs: number;
  /** Names of optional variables that had a value which cannot be read. */
  readonly unreadable: readonly string[];
}

/** DATA UPLINK and DATA BIDIR: a message of a device. */
export interface Uplink extends FromDevice {
  readonly kind: 'uplink';
  /** The device as Sigfox wrote it: the answer to a BIDIR has to name it so. */
  readonly deviceAsSent: string;
  readonly seqNumber?: number;
  readonly deviceTypeId?: string;
  /** Hexadecimal digits, none to 24. */
  readonly data: string;
  /** The device listens for a downlink. */
  readonly ack: boolean;
  /** Reception as far as the contract tells: snr and rssi in dB and dBm, station, … */
  readonly reception: Extra;
  /** What the sender put beside Sigfox's variables. */
  readonly custom: Extra;
}

/** SERVICE DATA_ADVANCED and SERVICE GEOLOC: what is known of an uplink later. */
export interface Completion extends FromDevice {
  readonly kind: 'completion';
  readonly callback: 'data-advanced' | 'geoloc';
  readonly seqNumber?: number;
  readonly reception: Extra;
  readonly computedLocation?: Storable;
}

/** SERVICE ACKNOWLEDGE: what came of a downlink. */
export interface Acknowledge extends FromDevice {
  readonly kind: 'acknowledge';
  readonly infoCode: number;
  readonly infoMessage?: string;
  readonly downlinkAck?: boolean;
  readonly downlinkOverusage?: boolean;
}

/** SERVICE STATUS, SERVICE REPEATER, ERROR and EVENT: kept and told as they are. */
export interface ServiceMessage {
  readonly kind: 'service';
  readonly callback: 'status' | 'repeater' | 'error' | 'event';
  /** The device, or `group:<id>` of an event of a group. */
  readonly source: string;
  readonly timeMs: number;
  readonly variables: Extra;
}

export type Callback = Uplink | Completion | Acknowledge | ServiceMessage;

/**
 * Reads a callback, of either door.
 *
 * @throws RejectedInputError CALLBACK_UNKNOWN, TOO_MANY_VARIABLES, DEVICE_MISSING, DEVICE_UNREADABLE,
 *   TIME_MISSING, TIME_UNREADABLE, TIME_AHEAD, SEQUENCE_UNREADABLE, DATA_MISSING, DATA_NOT_HEX, DATA_TOO_LONG,
 *   INFO_CODE_MISSING, NESTED_TOO_DEEP or NAME_EMPTY.
 */
export function readCallback(variables: Variables, nowMs: number): Callback {
  const type = readCallbackType(variables);
  const read = new VariableReader(variables);
  read.given(CALLBACK_MEMBER);
  if (type === 'uplink' || type === 'bidir') return readUplink(read, nowMs);
  if (type === 'data-advanced' || type === 'geoloc') return readCompletion(read, type, nowMs);
  if (type === 'acknowledge') return readAcknowledge(read, nowMs);
  return readService(variables, type, nowMs);
}

function readUplink(read: VariableReader, nowMs: number): Uplink {
  const { device, deviceAsSent } = readDevice(read);
  const deviceTypeId = read.text('deviceTypeId');
  const seqNumber = readSequenceNumber(read);
  const message = {
    kind: 'uplink' as const,
    device,
    deviceAsSent,
    timeMs: readTime(read, nowMs),
    ...(seqNumber === undefined ? {} : { seqNumber }),
    ...(deviceTypeId === undefined ? {} : { deviceTypeId }),
    data: readData(read),
    ack: read.flag('ack') ?? false,
    reception: present({
      snr: read.number('snr'),
      avgSnr: read.number('avgSnr'),
      rssi: read.number('rssi'),
      station: read.text('station'),
      lat: read.number('lat'),
      lng: read.number('lng'),
      duplicate: read.flag('duplicate'),
      longPolling: read.flag('longPolling'),
    }),
  };
  return { ...message, custom: read.rest(), unreadable: read.unreadable };
}

function readCompletion(read: VariableReader, callback: Completion['callback'], nowMs: number): Completion {
  const { device } = readDevice(read);
  const seqNumber = readSequenceNumber(read);
  const timeMs = readTime(read, nowMs);
  const computedLocation =
    callback === 'data-advanced' ? readStructure(read, 'computedLocation') : readGeolocation(read);
  // The uplink itself has these.
  for (const name of ['data', 'deviceTypeId', 'ack', 'longPolling']) read.given(name);
  const known = present({
    lqi: read.text('lqi'),
    linkQuality: read.number('linkQuality'),
    fixedLat: read.number('fixedLat'),
    fixedLng: read.number('fixedLng'),
    operatorName: read.text('operatorName'),
    countryCode: read.text('countryCode'),
    duplicates: readStructure(read, 'duplicates'),
  });
  return {
    kind: 'completion',
    callback,
    device,
    timeMs,
    ...(seqNumber === undefined ? {} : { seqNumber }),
    reception: { ...read.rest(), ...known },
    ...(computedLocation === undefined ? {} : { computedLocation }),
    unreadable: read.unreadable,
  };
}

function readAcknowledge(read: VariableReader, nowMs: number): Acknowledge {
  const { device } = readDevice(read);
  const infoCode = read.number('infoCode');
  if (infoCode === undefined || !Number.isInteger(infoCode)) {
    throw new RejectedInputError(
      'INFO_CODE_MISSING',
      'the acknowledgement has no number "infoCode"',
      'infoCode',
    );
  }
  const infoMessage = read.text('infoMessage');
  const downlinkAck = read.flag('downlinkAck');
  const downlinkOverusage = read.flag('downlinkOverusage');
  return {
    kind: 'acknowledge',
    device,
    timeMs: readTime(read, nowMs),
    infoCode,
    ...(infoMessage === undefined ? {} : { infoMessage }),
    ...(downlinkAck === undefined ? {} : { downlinkAck }),
    ...(downlinkOverusage === undefined ? {} : { downlinkOverusage }),
    unreadable: read.unreadable,
  };
}

function readService(
  variables: Variables,
  callback: ServiceMessage['callback'],
  nowMs: number,
): ServiceMessage {
  const read = new VariableReader(variables);
  const group = callback === 'event' ? groupOf(read) : undefined;
  const source = group ?? readDevice(read).device;
  const timeMs = readTime(read, nowMs);
  // Kept whole: what is a device's variable is a group's elsewhere.
  const whole = new VariableReader(variables);
  whole.given(CALLBACK_MEMBER);
  return { kind: 'service', callback, source, timeMs, variables: whole.rest() };
}

/** An event is a device's when it names one, and its group's otherwise. */
function groupOf(read: VariableReader): string | undefined {
  const hasDevice = read.text('device') !== undefined;
  const id = read.text('groupId') ?? read.text('sourceId');
  return hasDevice || id === undefined ? undefined : `group:${id.slice(0, 200)}`;
}

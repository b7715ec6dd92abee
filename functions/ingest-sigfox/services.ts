import type { RejectedInputError } from '../../shared/rejections.ts';
import type { DeviceAssignments } from '../../shared/sigfox/device-assignments.ts';
import type { DeviceTypes } from '../../shared/sigfox/device-type.ts';
import type { DownlinkStore } from '../../shared/sigfox/downlink-store.ts';
import type { Publication } from '../../shared/sigfox/publication.ts';
import type { PayloadDecoders } from './decode-payload.ts';
import type { MessageStore } from './message-store.ts';

/** What the work is done with: the parts that a container keeps, and the clock. */
export interface IngestServices {
  readonly store: MessageStore;
  readonly downlinks: DownlinkStore;
  readonly types: DeviceTypes;
  readonly assignments: Pick<DeviceAssignments, 'get'>;
  readonly decoders: PayloadDecoders;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly count: (name: string) => void;
}

/** What is left to do once everything is stored. The same input, replayed, has the same left to do. */
export interface Ingested {
  readonly publications: readonly Publication[];
  /** The input is stored, and yet cannot be used: to be kept with this reason, once all is published. */
  readonly rejection?: RejectedInputError;
}

export { OUTBOX_KINDS, type OutboxKind } from './kinds.ts';
export { openOutbox, type Outbox } from './outbox.ts';
export { createDeliveryStreams, type DeliveryStreams } from './delivery-streams.ts';
export { createOutboxReader, type OutboxLine, type OutboxReader } from './reader.ts';

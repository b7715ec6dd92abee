export { createSqs, type QueueReference, type Sqs, type SqsOptions } from './sqs.ts';

export { createSns, type Sns, type SnsOptions } from './sns.ts';
export { CONFIRMATION_PATH, type NewSubscription } from './subscribe.ts';
export type { SnsTargets } from './targets.ts';

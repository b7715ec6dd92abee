export type { LinkAnswer } from './link-answers.ts';
export { LINK_PATH } from './links.ts';
export { NOT_SERVED } from './operations.ts';
export { createSns, type Sns, type SnsOptions } from './sns.ts';
export type { NewSubscription } from './subscribe.ts';
export type { SnsTargets } from './targets.ts';

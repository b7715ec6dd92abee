import type { BenchCase } from '../measurement.ts';
import { bundle } from './bundle.ts';
import { cloud } from './cloud.ts';
import { demo } from './demo.ts';
import { greenhouse } from './greenhouse.ts';
import { gateway } from './gateway.ts';
import { onboarding } from './onboarding.ts';
import { pewma } from './pewma.ts';
import { policies } from './policies.ts';
import { registry } from './registry.ts';
import { revocation } from './revocation.ts';
import { rules } from './rules.ts';
import { sigfox } from './sigfox.ts';

/** Everything that is measured, in this order. A new one is a file in this folder and a line in here. */
export const cases: readonly BenchCase[] = [
  pewma,
  bundle,
  cloud,
  rules,
  sigfox,
  greenhouse,
  gateway,
  policies,
  registry,
  onboarding,
  revocation,
  demo,
];

import { planTemplate, type Plan } from './plan.ts';
import type { Template } from './template.ts';

/** The account that everything here belongs to. */
export const LOCAL_ACCOUNT_ID = '000000000000';

/** A service with every name in it resolved, for a cloud at one endpoint. */
export interface PlannedService {
  readonly template: Template;
  readonly plan: Plan;
  /** `http://127.0.0.1:<port>`: names in the template (URLs of queues) hold it. */
  readonly endpointUrl: string;
}

/** @throws ConfigurationError for the first thing that the glass copy cannot do, by name. */
export function planService(template: Template, endpointUrl: string): PlannedService {
  const plan = planTemplate(template, {
    partition: 'aws',
    region: template.region,
    accountId: LOCAL_ACCOUNT_ID,
    stack: `${template.service}-${template.stage}`,
    endpointUrl,
  });
  return { template, plan, endpointUrl };
}

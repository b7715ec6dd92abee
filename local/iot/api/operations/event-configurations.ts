import type { RegistryContext } from '../../registry/context.ts';
import { invalidRequest } from '../../registry/errors.ts';
import { EVENT_TYPES, type EventType } from '../../registry/events.ts';
import type { OperationGroup } from '../operation.ts';

/** Which of the registry's events are published. */
export const eventConfigurationOperations = {
  DescribeEventConfigurations(_input, { events }) {
    const { enabled, createdAt, modifiedAt } = events.configurations();
    return {
      eventConfigurations: Object.fromEntries(
        EVENT_TYPES.map((type) => [type, { Enabled: enabled.has(type) }]),
      ),
      creationDate: createdAt === undefined ? undefined : new Date(createdAt),
      lastModifiedDate: modifiedAt === undefined ? undefined : new Date(modifiedAt),
    };
  },

  UpdateEventConfigurations({ eventConfigurations = {} }, { events }) {
    const changes = new Map<EventType, boolean>();
    for (const [name, configuration] of Object.entries(eventConfigurations)) {
      const type = EVENT_TYPES.find((known) => known === name);
      if (type === undefined)
        throw invalidRequest(`The event type ${name} is not one of ${EVENT_TYPES.join(', ')}`);
      changes.set(type, configuration?.Enabled === true);
    }
    events.configure(changes);
    return {};
  },
} satisfies OperationGroup<RegistryContext>;

import type { MqttProperties } from '../context.ts';
import type { SqlFunction } from './function.ts';

/** The properties by the names of the reference. */
const properties: ReadonlyMap<string, (mqtt5: MqttProperties) => string | undefined> = new Map([
  ['format_indicator', ({ payloadFormatIndicator }) => payloadFormatIndicator],
  ['content_type', ({ contentType }) => contentType],
  ['response_topic', ({ responseTopic }) => responseTopic],
  ['correlation_data', ({ correlationData }) => correlationData],
]);

/** What the headers of an MQTT 5 message say; Undefined for other messages, and for what the sender left out. */
export const mqtt5Functions: readonly SqlFunction[] = [
  {
    name: 'get_mqtt_property',
    signature: 'get_mqtt_property(name)',
    minArguments: 1,
    maxArguments: 1,
    evaluate: ({ mqtt5 }, [name]) => {
      const read = typeof name === 'string' ? properties.get(name) : undefined;
      return mqtt5 === undefined ? undefined : read?.(mqtt5);
    },
  },
  {
    name: 'get_user_properties',
    signature: 'get_user_properties(userPropertyKey)',
    minArguments: 1,
    maxArguments: 1,
    /** All the values of a key, in the order in which they were sent. */
    evaluate: ({ mqtt5 }, [key]) => {
      const values = mqtt5?.userProperties?.filter(([name]) => name === key).map(([, value]) => value) ?? [];
      return values.length === 0 ? undefined : values;
    },
  },
];

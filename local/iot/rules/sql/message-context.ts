import type { IotMessage, MessageProperties } from '../../message.ts';
import { type MessageContext, type MqttProperties, Payload } from './context.ts';

/** What SQL sees besides the message. */
export type Surroundings = Pick<MessageContext, 'accountId' | 'nowMs' | 'newUuid' | 'random'>;

/** A message as SQL sees it. `topic` is without the prefix of Basic Ingest. */
export function contextOfMessage(
  message: IotMessage,
  topic: string,
  surroundings: Surroundings,
): MessageContext {
  const { payload, publisher, traceId, properties } = message;
  const { clientId, principal, sourceIp, protocol } = publisher;
  return {
    ...surroundings,
    payload: new Payload(payload),
    topic,
    ...(clientId === undefined ? {} : { clientId }),
    ...(principal === undefined ? {} : { principal }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
    ...(protocol === 'MQTT' ? { traceId } : {}),
    ...(properties === undefined ? {} : { mqtt5: mqttProperties(properties) }),
  };
}

/** As `get_mqtt_property()` and `get_user_properties()` tell it. */
function mqttProperties(properties: MessageProperties): MqttProperties {
  const { payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties } = properties;
  return {
    ...(payloadFormatIndicator === undefined
      ? {}
      : { payloadFormatIndicator: payloadFormatIndicator ? 'UTF8_DATA' : 'UNSPECIFIED_BYTES' }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined
      ? {}
      : { correlationData: Buffer.from(correlationData).toString('base64') }),
    ...(userProperties === undefined ? {} : { userProperties }),
  };
}

import type { GatewayRefusal } from './gateway/index.ts';
import { createIotArns, refusalDecision, type ArnScope, type AttemptLog } from './policies/index.ts';

/** More topic filters than AWS takes in one packet are not told of one by one. */
const MAX_TOPICS = 8;

/**
 * Notes what the gateway refuses beside what policies deny, for `glasshouse why`: a reserved topic, a certificate
 * that has expired, a payload that is too large, silence.
 *
 * @returns what the gateway calls for each refusal
 */
export function createRefusalLog(attempts: AttemptLog, scope: ArnScope): (refusal: GatewayRefusal) => void {
  const arns = createIotArns(scope);

  function requestOf({ packet, topics, clientId, principal }: GatewayRefusal) {
    const shown = topics.slice(0, MAX_TOPICS);
    const client = arns.client(clientId ?? principal ?? '');
    if (packet === 'connect') return { action: 'iot:Connect', resource: client };
    if (packet === 'publish') return { action: 'iot:Publish', resource: arns.topic(shown.join('')) };
    if (packet === 'subscribe') {
      return { action: 'iot:Subscribe', resource: shown.map(arns.topicFilter).join(', ') };
    }
    // No policy knows an action for it.
    return { action: packet === undefined ? 'MQTT connection' : `MQTT ${packet}`, resource: client };
  }

  return (refusal) => {
    const { clientId, principal, reason, detail, effect } = refusal;
    attempts.record(
      {
        ...(clientId === undefined ? {} : { clientId }),
        ...(principal === undefined ? {} : { certificateId: principal }),
      },
      refusalDecision(requestOf(refusal), { ...(reason === undefined ? {} : { reason }), detail, effect }),
    );
  };
}

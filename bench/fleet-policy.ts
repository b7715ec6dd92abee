import { ACCOUNT_ID, REGION } from './registry-under-test.ts';

/** The topic on which a device of the fleet sends its readings. */
export function readingTopic(hall: string, thingName: string): string {
  return `fleet/${hall}/${thingName}/reading`;
}

const arn = (resource: string): string => `arn:aws:iot:${REGION}:${ACCOUNT_ID}:${resource}`;
const THING = '${iot:Connection.Thing.ThingName}';
const OWN_TOPICS = `fleet/\${iot:Connection.Thing.Attributes[hall]}/${THING}`;

/**
 * What a device of a fleet may do, in ten statements, as AWS's own examples write them: eight of them have
 * variables, one is a Deny, and each action that is measured meets several of them.
 */
export const DEVICE_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: arn(`client/${THING}`),
      Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
    },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: arn(`topic/${OWN_TOPICS}/status`) },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: arn(`topic/${OWN_TOPICS}/alarm/*`) },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: arn(`topic/$aws/things/${THING}/shadow/*`) },
    {
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive'],
      Resource: [arn(`topic/jobs/${THING}/?/*`), arn(`topic/${OWN_TOPICS}/reading*`)],
    },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arn(`topicfilter/${OWN_TOPICS}/command/*`) },
    { Effect: 'Allow', Action: 'iot:Receive', Resource: arn(`topic/${OWN_TOPICS}/command/*`) },
    {
      Effect: 'Allow',
      Action: ['iot:Subscribe', 'iot:Receive'],
      Resource: [arn('topicfilter/notices/*'), arn('topic/notices/*')],
    },
    { Effect: 'Allow', Action: 'iot:*ThingShadow', Resource: arn(`thing/${THING}`) },
    {
      Effect: 'Deny',
      Action: ['iot:Publish', 'iot:Subscribe'],
      Resource: [arn('topic/fleet/*/config'), arn(`topic/*/\${iot:ClientId}/firmware`)],
    },
  ],
});

/** What those may do who watch the fleet. */
export const WATCHER_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/${iot:ClientId}') },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arn('topicfilter/fleet/*') },
    { Effect: 'Allow', Action: 'iot:Receive', Resource: arn('topic/fleet/*') },
  ],
});

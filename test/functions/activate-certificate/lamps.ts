import type { Issued } from '../../shared/x509/pki.ts';
import { certificateArn, POLICY, type World } from './world.ts';

/** A lamp that is in the allow-list, and the event of its first CONNECT. */
export async function listedLamp(world: World, name = 'lamp-1') {
  const lamp = world.issue(name);
  await world.list(name);
  return { lamp, id: lamp.certificate.certificateId, event: world.connect(lamp) };
}

/** The attributes of a lamp's thing. */
export function attributesOf(world: World, { certificate: { certificateId, serialNumber } }: Issued) {
  return { certificateId, serialNumber, caCertificateId: world.caCertificateId };
}

/** The state of a lamp that is activated, as `world.stateOf` describes it. */
export function activatedState(world: World, lamp: Issued) {
  const { certificateId } = lamp.certificate;
  return {
    status: 'ACTIVE',
    thing: { attributes: attributesOf(world, lamp), thingTypeName: 'lamp', billingGroupName: 'house' },
    principals: [certificateArn(certificateId)],
    groups: ['lamps'],
    policies: [POLICY],
    device: { certificateId, state: 'ACTIVE', history: ['ACTIVATING', 'ACTIVE'], isAnnounced: true },
    held: undefined,
  };
}

/** A step in which the function ends. */
export const crash = {
  name: 'crash',
  run: () => {
    throw new Error('the power is gone');
  },
};

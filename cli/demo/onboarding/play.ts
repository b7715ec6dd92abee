import { UpdateCACertificateCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot';
import type { MqttClient } from 'mqtt';
import { counted } from '../../terminal.ts';
import type { Stage } from '../stage.ts';
import {
  allow,
  comeBack,
  describeDevice,
  hear,
  MESSAGE,
  refused,
  registerCa,
  required,
  resource,
  statusOf,
  whenClosed,
  wrong,
  type Props,
} from './acts.ts';
import { createAuthority, type Authority, type Identity } from './authority.ts';
import { commandLines, type Names } from './command-lines.ts';
import { tryToConnect } from './device.ts';
import type { Place } from './place.ts';

/** How many steps there are. */
export const STEPS = 9;

/** The walk of a maker: from a CA of its own to a device that is revoked. */
export async function playOnboarding(stage: Stage, props: Props, place: Place): Promise<void> {
  const { cloud, iot, suffix } = props;
  const names: Names = {
    device: `lamp-${suffix}`,
    lateDevice: `late-${suffix}`,
    allowListTable: resource(cloud, 'AllowListTable'),
    place,
  };
  const made: { ca?: Authority; caCertificateId?: string; lamp?: Identity; client?: MqttClient } = {};
  const ca = () => required(made.ca);
  const lamp = () => required(made.lamp);
  const connect = () => tryToConnect(cloud, names.device, lamp(), ca().certificatePem);

  await stage.step(
    'A maker makes a CA of its own',
    async () => {
      made.ca = await createAuthority(`Makers root ${suffix}`, props.nowMs());
      return 'a key, and a certificate that it has signed itself';
    },
    () => [...commandLines.findCloud(place), ...commandLines.makeCa()],
  );
  await stage.step(
    'It registers the CA, with a certificate that proves that it has the key',
    async () => {
      made.caCertificateId = await registerCa(iot, ca());
      return `ACTIVE, auto-registration on, ${made.caCertificateId.slice(0, 12)}`;
    },
    commandLines.registerCa,
  );
  await stage.step(
    'Its device gets a certificate, and is put on the allow-list',
    async () => {
      made.lamp = await ca().issue(names.device);
      await allow(props, names);
      return `${names.device}, ${lamp().certificateId.slice(0, 12)}; AWS IoT does not know it yet`;
    },
    () => commandLines.makeDevice(names),
  );
  await stage.step(
    'It connects for the first time and is refused',
    async () => {
      if ((await connect()) !== undefined) throw wrong('it was accepted');
      return `closed without a CONNACK; the certificate is ${(await statusOf(iot, lamp())) ?? 'not registered'}`;
    },
    () => commandLines.connect(names),
  );
  await stage.step(
    'activate-certificate does its fifteen steps, and the device that comes back is accepted',
    async () => {
      const { client, tries } = await comeBack(connect, props);
      made.client = client;
      return `after ${counted(tries, 'more try', 'more tries')}; the certificate is ${(await statusOf(iot, lamp())) ?? 'gone'}`;
    },
    () => commandLines.connect(names),
  );
  await stage.step(
    'It has become a thing, on record',
    () => describeDevice(props, names.device, lamp()),
    () => commandLines.describe(names),
  );
  await stage.step(
    `It says "${MESSAGE}", and a subscriber hears it`,
    () => hear(cloud, required(made.client)),
    () => commandLines.hear(names),
  );
  await stage.step(
    'The CA is made INACTIVE: another device of it is refused',
    async () => {
      const certificateId = required(made.caCertificateId);
      await iot.send(new UpdateCACertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
      const late = await ca().issue(names.lateDevice);
      await refused(tryToConnect(cloud, names.lateDevice, late, ca().certificatePem));
      const status = await statusOf(iot, late);
      if (status !== undefined) throw wrong(`it was registered as ${status}`);
      return 'closed, and not even registered';
    },
    () => commandLines.deactivateCa(names),
  );
  await stage.step(
    'The device is revoked: it is cut off, and refused',
    async () => {
      const { certificateId } = lamp();
      const cut = whenClosed(required(made.client));
      await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
      await cut;
      await refused(connect());
      return `its connection was closed, and the next one too; the certificate is ${(await statusOf(iot, lamp())) ?? 'gone'}`;
    },
    () => commandLines.revoke(names),
  );
  made.client?.end(true);
}

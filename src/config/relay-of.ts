import { DEFAULT_RELAY } from './schema/relay-schema.ts';
import type { Config } from './schema/schema.ts';
import type { Settings } from './settings.ts';

/** What a config says of the relay; a delivery that carries brings the defaults. */
export const relayOf = ({ relay, delivery, entrances }: Config): Pick<Settings, 'relay'> => {
  if (relay === false) {
    const isWanted = [{ delivery }, ...Object.values(entrances)].some(
      (each) => typeof each === 'object' && each.delivery?.name === 'relay',
    );
    return isWanted ? { relay: DEFAULT_RELAY } : {};
  }
  const { connections, bytes, webSockets, paths, userAgents, refuse, timeouts } = relay;
  return {
    relay: {
      ...{ connections, bytesPerHour: bytes, forMs: relay.for, webSockets, paths, refuse },
      userAgents: userAgents.map((each) => each.toLowerCase()),
      ...{ connectMs: timeouts.connect, answerMs: timeouts.answer, idleMs: timeouts.idle },
    },
  };
};

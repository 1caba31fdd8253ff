import { execFile } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** The first socket that a service manager hands over, by systemd's sd_listen_fds(3). */
const FIRST_FD = 3;

/** File descriptors of listening sockets that systemd opened for this very process; usually none. */
export const inheritedSockets = ({ LISTEN_PID, LISTEN_FDS }: Environment, pid: number): readonly number[] => {
  if (LISTEN_PID === undefined || Number(LISTEN_PID) !== pid) return [];
  const count = Number(LISTEN_FDS);
  if (!Number.isInteger(count) || count < 1 || count > 16) return [];
  return Array.from({ length: count }, (_, at) => FIRST_FD + at);
};

/**
 * Tells systemd how the service is doing, by its own `systemd-notify`, since Node has no datagram sockets of that kind;
 * the unit says `NotifyAccess=all`. Does nothing where no service manager asked to be told.
 */
export const tellSystemd = ({ NOTIFY_SOCKET }: Environment, state: 'ready' | 'stopping'): void => {
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return;
  execFile('systemd-notify', [`--${state}`], () => undefined).unref();
};

import { ActionableError } from '../errors.ts';

/** Turns what the system says about a port into a sentence with a remedy; anything else stays what it is. */
export const listenError = (error: unknown, place: string, port: number): unknown => {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ActionableError(
        `Port ${String(port)} is taken: another program listens on ${place}.`,
        `Stop that program (find it with "ss -ltnp"), or give another port under "listen".`,
      );
    case 'EACCES':
    case 'EPERM':
      return new ActionableError(
        `This user may not listen on port ${String(port)}.`,
        `Start with the right to (systemd's AmbientCapabilities=CAP_NET_BIND_SERVICE, or sysctl net.ipv4.ip_unprivileged_port_start=${String(port)}), or give a port above 1023 under "listen".`,
      );
    case 'EADDRNOTAVAIL':
      return new ActionableError(
        `The address ${place} is not one of this machine's.`,
        'Give an address that "ip address" shows under "listen", or leave the host out for all of them.',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ActionableError(
        `The name in ${place} has no address.`,
        'Give an IP address under "listen".',
      );
    case 'EINVAL':
    case 'EBADF':
    case 'ENOTSOCK':
      return new ActionableError(
        `What the service manager gave for ${place} is no socket that one can listen on.`,
        'Look at the socket unit, or start without it.',
      );
    default:
      return error;
  }
};

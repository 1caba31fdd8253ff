/** A host as it stands in a URL: an IPv6 address in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** A host as sockets take it: an IPv6 address without the brackets of a URL. */
export const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

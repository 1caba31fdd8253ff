/** A place on Earth: degrees north, degrees east. */
export type Place = readonly [latitude: number, longitude: number];

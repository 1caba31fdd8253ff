import type { CertificateSeen } from '../wire/certificate.ts';
import type { Failed } from '../wire/wire.ts';
import type { Facts } from './facts.ts';
import type { Examined, Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** Let's Encrypt's clients renew a month before the end: what is left now was not renewed. */
const SOON_DAYS = 14;

/** Whether certificates are trusted and last. */
export const certificates = ({ looks, doors, wall }: Facts): Examined => {
  const all = [
    ...doors.map(({ name, certificate }) => ({ whose: `the primary on ${name}`, certificate })),
    ...looks.map(({ secondary, certificate }) => ({ whose: secondary.id, certificate })),
  ].flatMap(({ whose, certificate }) => (certificate === undefined ? [] : [{ whose, certificate }]));
  return {
    findings: all.flatMap(({ whose, certificate }) => judge(whose, certificate, wall)),
    ...(all.length === 0 ? {} : { fine: `certificates: all last longer than ${SOON_DAYS} days` }),
  };
};

const judge = (whose: string, certificate: CertificateSeen | Failed, wall: number): readonly Finding[] => {
  const about = 'certificate';
  if (!certificate.ok) {
    const what = `The certificate of ${whose} cannot be looked at: ${certificate.failure}: ${certificate.detail}.`;
    return [{ hurts: 'some', about, what, remedy: 'Mend TLS there; openssl s_client shows what it says.' }];
  }
  const days = Math.floor((certificate.endsAt - wall) / DAY_MS);
  const until = new Date(certificate.endsAt).toISOString().slice(0, 10);
  if (days < 0) {
    const what = `The certificate of ${whose} ended on ${until}: browsers warn every visitor away.`;
    return [{ hurts: 'some', about, what, remedy: 'Renew it now.' }];
  }
  const findings: Finding[] = [];
  if (certificate.distrust !== undefined) {
    findings.push({
      hurts: 'some',
      about,
      what: `The certificate of ${whose} is not trusted: ${certificate.distrust}. Browsers warn every visitor away.`,
      remedy:
        "Get one for the name that visitors type, from an authority that browsers know, such as Let's Encrypt.",
    });
  }
  if (days < SOON_DAYS) {
    findings.push({
      hurts: 'soon',
      about,
      what: `The certificate of ${whose} ends in ${days} ${days === 1 ? 'day' : 'days'}, on ${until}.`,
      remedy: 'Renew it, and see why that does not happen by itself.',
    });
  }
  return findings;
};

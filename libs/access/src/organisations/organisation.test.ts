import { newEvent, plenumItself } from '@plenum/event';
import { administrator, type DeciderCase, deciderCases } from '../testing/decider-cases.ts';
import { type OrganisationCommand, organisation } from './organisation.ts';
import { OrganisationCreated } from './organisation-events.ts';

const create = { do: 'create', id: 'acme', name: 'Acme', actor: plenumItself } as const;
const acme = newEvent(OrganisationCreated, { organisation_id: 'acme', name: 'Acme', by: 'plenum' });

const cases: readonly DeciderCase<OrganisationCommand>[] = [
  { name: 'is made', when: create, leadsTo: ['OrganisationCreated'] },
  { name: 'is made once', given: [acme], when: create, leadsTo: 'exists' },
  {
    name: 'is not made by somebody who may do everything within theirs',
    when: { ...create, actor: administrator },
    leadsTo: 'forbidden',
  },
  ...['', 'Acme', '-acme', 'acme-', 'a_b', 'a b', 'ä', 'a'.repeat(64)].map((id) => ({
    name: `is not called ${JSON.stringify(id)}`,
    when: { ...create, id },
    leadsTo: 'invalid' as const,
  })),
  ...['a', '7', 'a-b', 'a'.repeat(63)].map((id) => ({
    name: `may be called ${id}`,
    when: { ...create, id },
    leadsTo: ['OrganisationCreated'],
  })),
  { name: 'has a name of one line', when: { ...create, name: 'a\nb' }, leadsTo: 'invalid' },
  {
    name: 'is renamed',
    given: [acme],
    when: { do: 'rename', name: 'Acme Ltd.', actor: plenumItself },
    leadsTo: ['OrganisationRenamed'],
  },
  {
    name: 'is not renamed by its own people',
    given: [acme],
    when: { do: 'rename', name: 'Ours', actor: { ...administrator, organisation: 'acme' } },
    leadsTo: 'forbidden',
  },
  {
    name: 'is called so already',
    given: [acme],
    when: { do: 'rename', name: 'Acme', actor: plenumItself },
    leadsTo: [],
  },
  {
    name: 'that is not there is not renamed',
    when: { do: 'rename', name: 'A', actor: plenumItself },
    leadsTo: 'not-found',
  },
  { name: 'that is there can be belonged to', given: [acme], when: { do: 'expect' }, leadsTo: [] },
  { name: 'that is not there cannot be belonged to', when: { do: 'expect' }, leadsTo: 'not-found' },
];

deciderCases('an organisation', organisation, cases);

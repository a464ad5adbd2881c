import { connect } from 'portico/client';
import { consentProtocol } from 'portico/host';

// The prompt of the benchmark's host: a person who always says yes.
const id = new URLSearchParams(location.search).get('prompt');
if (id) {
  const { prompts } = connect(consentProtocol, { host: 'self', needs: ['prompts'] });
  const { capabilities } = await prompts.get({ id });
  const answers = capabilities.map(({ name }) => ({ capability: name, verdict: 'always' }));
  await prompts.answer({ id, answers }).catch(() => {});
}

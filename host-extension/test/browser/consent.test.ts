import { describeInRealBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { consentSuite } from './consent-suite.js';

describeInRealBrowsers(consentSuite);

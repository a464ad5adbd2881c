import { describeInRealBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { porticoTabsSuite } from './portico-tabs-suite.js';

describeInRealBrowsers(porticoTabsSuite);

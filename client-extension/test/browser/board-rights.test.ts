import { describeInRealBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { boardRightsSuite } from './board-rights-suite.js';

describeInRealBrowsers(boardRightsSuite);

// Functions, events and errors that the page knows by name. A test computes every hash here again.

/** First four bytes of a call -> signature with the names of its parameters. */
export const functions = {
  '0xa9059cbb': 'transfer(address to, uint256 amount)',
  '0x095ea7b3': 'approve(address spender, uint256 amount)',
  '0x23b872dd': 'transferFrom(address from, address to, uint256 amount)',
  '0x42842e0e': 'safeTransferFrom(address from, address to, uint256 tokenId)',
  '0xb88d4fde': 'safeTransferFrom(address from, address to, uint256 tokenId, bytes data)',
  '0xf242432a': 'safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data)',
  '0x2eb2c2d6': 'safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)',
  '0xa22cb465': 'setApprovalForAll(address operator, bool approved)',
  '0x70a08231': 'balanceOf(address account)',
  '0x00fdd58e': 'balanceOf(address account, uint256 id)',
  '0x6352211e': 'ownerOf(uint256 tokenId)',
  '0xdd62ed3e': 'allowance(address owner, address spender)',
  '0x18160ddd': 'totalSupply()',
  '0x06fdde03': 'name()',
  '0x95d89b41': 'symbol()',
  '0x313ce567': 'decimals()',
  '0xc87b56dd': 'tokenURI(uint256 tokenId)',
  '0x01ffc9a7': 'supportsInterface(bytes4 interfaceId)',
  '0xd505accf': 'permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  '0x40c10f19': 'mint(address to, uint256 amount)',
  '0xa0712d68': 'mint(uint256 amount)',
  '0x6a627842': 'mint(address to)',
  '0x42966c68': 'burn(uint256 amount)',
  '0x89afcb44': 'burn(address to)',
  '0x79cc6790': 'burnFrom(address account, uint256 amount)',
  '0xd0e30db0': 'deposit()',
  '0x2e1a7d4d': 'withdraw(uint256 amount)',
  '0x6e553f65': 'deposit(uint256 assets, address receiver)',
  '0xba087652': 'redeem(uint256 shares, address receiver, address owner)',
  '0xf2fde38b': 'transferOwnership(address newOwner)',
  '0x715018a6': 'renounceOwnership()',
  '0x8da5cb5b': 'owner()',
  '0x2f2ff15d': 'grantRole(bytes32 role, address account)',
  '0xd547741f': 'revokeRole(bytes32 role, address account)',
  '0x8456cb59': 'pause()',
  '0x3f4ba83a': 'unpause()',
  '0x3659cfe6': 'upgradeTo(address newImplementation)',
  '0x4f1ef286': 'upgradeToAndCall(address newImplementation, bytes data)',
  '0x8129fc1c': 'initialize()',
  '0xac9650d8': 'multicall(bytes[] data)',
  '0x5ae401dc': 'multicall(uint256 deadline, bytes[] data)',
  '0x82ad56cb': 'aggregate3((address,bool,bytes)[] calls)',
  '0x6a761202': 'execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures)',
  '0xb61d27f6': 'execute(address target, uint256 value, bytes data)',
  '0xda95691a': 'propose(address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, string description)',
  '0x7d5e81e2': 'propose(address[] targets, uint256[] values, bytes[] calldatas, string description)',
  '0x56781388': 'castVote(uint256 proposalId, uint8 support)',
  '0x5c19a95c': 'delegate(address delegatee)',
  '0xc9c65396': 'createPair(address tokenA, address tokenB)',
  '0x022c0d9f': 'swap(uint256 amount0Out, uint256 amount1Out, address to, bytes data)',
  '0x0902f1ac': 'getReserves()',
  '0xe8e33700': 'addLiquidity(address tokenA, address tokenB, uint256 amountADesired, uint256 amountBDesired, uint256 amountAMin, uint256 amountBMin, address to, uint256 deadline)',
  '0x38ed1739': 'swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline)',
  '0x7ff36ab5': 'swapExactETHForTokens(uint256 amountOutMin, address[] path, address to, uint256 deadline)',
  '0x18cbafe5': 'swapExactTokensForETH(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline)',
  '0x3593564c': 'execute(bytes commands, bytes[] inputs, uint256 deadline)',
  '0x617ba037': 'supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  '0xa415bcad': 'borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf)',
  '0x573ade81': 'repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf)',
};

/** First topic of a log -> signature; `indexed` parameters are topics. */
export const events = {
  '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef': [
    'Transfer(address indexed from, address indexed to, uint256 amount)',
    'Transfer(address indexed from, address indexed to, uint256 indexed tokenId)'],
  '0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925': [
    'Approval(address indexed owner, address indexed spender, uint256 amount)',
    'Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)'],
  '0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31': [
    'ApprovalForAll(address indexed owner, address indexed operator, bool approved)'],
  '0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62': [
    'TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 amount)'],
  '0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb': [
    'TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] amounts)'],
  '0x8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0': [
    'OwnershipTransferred(address indexed previousOwner, address indexed newOwner)'],
  '0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c': [
    'Deposit(address indexed account, uint256 amount)'],
  '0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65': [
    'Withdrawal(address indexed account, uint256 amount)'],
  '0xdcbc1c05240f31ff3ad067ef1ee35ce4997762752e3a095284754544f4c709d7': [
    'Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares)'],
  '0xfbde797d201c681b91056529119e0b02407c7bb96a4a2c75c01fc9667232c8db': [
    'Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares)'],
  '0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822': [
    'Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)'],
  '0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1': [
    'Sync(uint112 reserve0, uint112 reserve1)'],
  '0x4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f': [
    'Mint(address indexed sender, uint256 amount0, uint256 amount1)'],
  '0xdccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496': [
    'Burn(address indexed sender, uint256 amount0, uint256 amount1, address indexed to)'],
  '0x0d3648bd0f6ba80134a33ba9275ac585d9d315f0ad8355cddefde31afa28d0e9': [
    'PairCreated(address indexed token0, address indexed token1, address pair, uint256 index)'],
  '0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67': [
    'Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)'],
  '0x2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d': [
    'RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)'],
  '0xf6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b': [
    'RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)'],
  '0x62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a258': ['Paused(address account)'],
  '0x5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa': ['Unpaused(address account)'],
  '0xbc7cd75a20ee27fd9adebab32041f755214dbc6bffa90cc0225b39da2e5c2d3b': ['Upgraded(address indexed implementation)'],
  '0x49628fd1471006c1482da88028e9ce4dbb080b815c9b0344d39e5a8e6ec1419f': [
    'UserOperationEvent(bytes32 indexed userOpHash, address indexed sender, address indexed paymaster, uint256 nonce, bool success, uint256 actualGasCost, uint256 actualGasUsed)'],
};

/** First four bytes of revert data -> signature. */
export const errors = {
  '0x08c379a0': 'Error(string message)',
  '0x4e487b71': 'Panic(uint256 code)',
  '0xe450d38c': 'ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  '0xfb8f41b2': 'ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
  '0xec442f05': 'ERC20InvalidReceiver(address receiver)',
  '0x96c6fd1e': 'ERC20InvalidSender(address sender)',
  '0x7e273289': 'ERC721NonexistentToken(uint256 tokenId)',
  '0x177e802f': 'ERC721InsufficientApproval(address operator, uint256 tokenId)',
  '0x118cdaa7': 'OwnableUnauthorizedAccount(address account)',
  '0xe2517d3f': 'AccessControlUnauthorizedAccount(address account, bytes32 neededRole)',
};

/** Solidity, "Panic via assert and Error via require" */
export const panics = {
  0x01: 'assertion failed',
  0x11: 'arithmetic overflow',
  0x12: 'division by zero',
  0x21: 'no such enum value',
  0x22: 'damaged storage array',
  0x31: 'pop of an empty array',
  0x32: 'index out of bounds',
  0x41: 'out of memory',
  0x51: 'call of an unset function',
};

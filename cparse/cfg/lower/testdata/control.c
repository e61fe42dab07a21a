int g(int);
void panic(void);

int shortcut(int a, int b, int c)
{
	if (a && (b || !c))
		return -22;
	return 0;
}

int hints(int x, long y)
{
	if (__builtin_expect(!!(x > 3), 0))
		return 1;
	if (!!y)
		return 2;
	if (!__builtin_expect(!!(x && y), 1))
		return 3;
	return x ? 4 : g(x);
}

int loops(int n)
{
	int i, sum = 0;

	for (i = 0; i < n; i++) {
		if (i == 3)
			continue;
		if (i == 7)
			break;
		sum += i;
	}
	while (n--)
		sum ^= n;
	do {
		sum++;
	} while (0);
	while (1) {
		if (g(sum))
			break;
	}
	return sum;
}

int errors(int n)
{
	int error = -22;

	if (n < 0)
		goto out;
	error = -12;
	if (!g(n))
		goto out;
	error = g(n + 1);
	if (error)
		goto out;
	return 0x400 | 0x800;
out:
	return error;
}

int cases(unsigned int cmd)
{
	switch (cmd) {
	case 1:
	case 22:
		return 1;
	case 5 ... 9:
		cmd = 0;
		/* falls through */
	default:
		g(cmd);
		break;
	case 0xffffffff:
		return 2;
	}
	if (0)
		return 3;
	return 0;
}

void dies(int x)
{
	if (x)
		panic();
	__builtin_unreachable();
}

int asmgoto(int x)
{
	int v;

	v = (int)__kapi_opaque();
	if (__kapi_opaque())
		goto l;
	return v;
l:
	return -22;
}

long elvis(long a, int b)
{
	return a ?: b;
}

int truth(int a, int b)
{
	int t = a && b;
	return t + !(a || b);
}

int warned(int a, int b)
{
	if (({ int r = !!(a && b); if (__builtin_expect(!!(r), 0)) g(1); __builtin_expect(!!(r), 0); }))
		return -22;
	return 0;
}

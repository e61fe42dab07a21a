void lock(int *);
void unlock(int *);
int work(int);

int guarded(int n)
{
	int g __attribute__((cleanup(unlock))) = 1;

	lock(&g);
	while (n) {
		int h __attribute__((cleanup(unlock))) = 2;

		if (work(n) < 0)
			return -22;
		if (n == 7)
			break;
		if (n == 8)
			goto out;
		n--;
	}
	return work(g);
out:
	return 0;
}

int local_labels(int n)
{
	int r = ({
		__label__ out;
		int v = 1;
		if (n)
			goto out;
		v = 2;
	out:
		v + 1;
	});
	if (({ int t = work(n); t > 3; }))
		r++;
	return r;
}

void computed(void *p)
{
	void *q = &&here;
	goto *p;
here:
	return;
}

int vla(int n)
{
	int v[n];

	v[0] = n;
	return v[n - 1] + sizeof(v);
}

float real(float f, double d)
{
	if (f)
		d = f * 2;
	return (int)d + f;
}

enum mode { OFF, ON = 22, LAST };

int names(enum mode m)
{
	switch (m) {
	case OFF:
		return ON;
	case ON ... LAST:
		return -LAST;
	}
	return m == LAST ? (unsigned char)OFF : 0x400 | ON;
}
